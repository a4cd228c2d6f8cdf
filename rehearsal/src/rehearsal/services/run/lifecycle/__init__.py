"""What happens while an execution runs, in threads: attempts, retries, progress, logs, ends."""
