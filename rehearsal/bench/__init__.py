"""Measures the rehearsal itself."""
