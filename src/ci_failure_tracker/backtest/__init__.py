"""What the tracker would have done in the past, by sweeps of a recorded history in memory."""
