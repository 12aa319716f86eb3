"""Messages about what a sweep changed, and the channels that carry them: Slack, Discord, mail, a Pushgateway."""
