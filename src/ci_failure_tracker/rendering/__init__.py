"""Markdown that people read: the issue and the job summary."""
