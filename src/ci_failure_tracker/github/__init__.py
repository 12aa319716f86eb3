"""The only modules that talk to GitHub."""
