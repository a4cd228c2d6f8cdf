"""Cloud Run's two API versions as one: what v2 keeps, v1 shows, and the other way round."""
