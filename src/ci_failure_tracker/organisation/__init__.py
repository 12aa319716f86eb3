"""Many repositories: which ones are looked at, and how they are divided."""
