"""Proves that each IAM binding of the infrastructure is needed: it is taken away, and looked at."""
