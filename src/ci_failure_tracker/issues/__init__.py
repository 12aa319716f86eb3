"""The texts of an issue: title, body, comments, and the marker that holds its state."""
