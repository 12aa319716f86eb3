"""How many requests a sweep makes and how long they take, beside plain scripts that do the same work."""
