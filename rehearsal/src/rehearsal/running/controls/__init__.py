"""The endpoints for the command line: each module here registers its own."""
