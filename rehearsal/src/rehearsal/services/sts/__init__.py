"""The Security Token Service: takes a foreign token, gives one of Google's.

https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
"""

from rehearsal.services.sts.exchange import service

__all__ = ["service"]
