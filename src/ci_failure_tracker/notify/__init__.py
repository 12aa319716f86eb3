"""What a sweep changed, told where people are: Slack, Discord and mail."""
