"""A thin stand-in of the Terraform provider hashicorp/google, for where its registry is not.

Terraform starts it like any provider (plugin protocol 6); it is a client of Google's APIs at their
true addresses, like the real one, and knows nothing of the rehearsal that may answer there.
"""

VERSION = "7.45.0"
"""The release of the real provider whose behaviour it has."""
