"""The deployment guide and the runbook, run block by block against a rehearsal."""
