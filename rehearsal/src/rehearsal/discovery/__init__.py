"""Google's own descriptions of its APIs: their methods, and what requests look like."""
