"""Who calls: principals, and the tokens that they bear."""
