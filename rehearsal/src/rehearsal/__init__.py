"""A local stand-in of the Google APIs that this system uses, at their true addresses."""
