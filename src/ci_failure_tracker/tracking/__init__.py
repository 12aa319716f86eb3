"""Identity, history and the rule book; pure functions from observations to a plan."""
