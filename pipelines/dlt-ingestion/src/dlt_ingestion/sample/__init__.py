"""A sample of breeds, and a small server that answers with it as The Dog API would."""
