"""Makes foreign text safe to show, and loads the templates."""
