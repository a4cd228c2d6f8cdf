"""Google's own descriptions of its APIs: which methods there are, and what their requests look like."""
