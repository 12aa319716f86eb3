"""What a sweep of many repositories takes."""
