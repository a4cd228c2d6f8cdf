"""The gateway: a proxy at which every tool finds Google's true addresses, and nothing else."""
