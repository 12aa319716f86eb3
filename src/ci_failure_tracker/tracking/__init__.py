"""Observations, histories, lifecycle rules and decisions; pure functions."""
