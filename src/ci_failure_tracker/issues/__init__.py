"""The text of an issue: title, body, comments, and the marker in which it remembers."""
