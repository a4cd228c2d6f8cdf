"""What all services have in common: from a request to a method of theirs, and back."""
