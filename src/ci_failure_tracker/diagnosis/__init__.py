"""What happened in a run and why; pure functions over what GitHub answered."""
