"""A year of a project, and what policies of keeping issues make of it."""
