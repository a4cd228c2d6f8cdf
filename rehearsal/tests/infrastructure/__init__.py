"""The infrastructure as written, and applied to a rehearsal."""
