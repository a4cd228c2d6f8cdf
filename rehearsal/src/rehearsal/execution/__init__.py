"""Runs one Cloud Run task as a container, in a network where only Google's stand-ins are."""
