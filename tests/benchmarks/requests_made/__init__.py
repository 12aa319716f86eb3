"""How many requests a sweep makes, and how long they take, side by side with plain scripts that do the same work."""
