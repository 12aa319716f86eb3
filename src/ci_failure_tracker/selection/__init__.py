"""What a sweep reads: which runs, jobs, logs and commits, and what it need not read again."""
