"""Whose a token is: ``userinfo`` and ``tokeninfo``.

https://developers.google.com/identity/openid-connect/openid-connect#obtaininguserprofileinformation
"""

from urllib.parse import parse_qsl

from rehearsal.api.call import Answer, Call
from rehearsal.documents import Document
from rehearsal.errors import unauthenticated
from rehearsal.identity.principal import ANONYMOUS
from rehearsal.services.oauth.definition import service


@service.raw(
    "GET POST", "/(v1|oauth2/v[123])/userinfo",
    host=r"(openidconnect|www|oauth2)\.googleapis\.com", name="oauth2.userinfo",
    source="recorded", authenticated=True,
)  # fmt: skip
def userinfo(call: Call) -> Document:
    """The caller's address."""
    if call.principal == ANONYMOUS:
        raise unauthenticated("Request is missing required authentication credential.")
    return {"sub": call.principal.member, "email": call.principal.email, "email_verified": True}


@service.raw(
    "GET POST", "/(oauth2/v[123]/)?tokeninfo", host=r"(www|oauth2)\.googleapis\.com",
    name="oauth2.tokeninfo",
    source="https://cloud.google.com/docs/authentication/token-types#access-contents",
)  # fmt: skip
def tokeninfo(call: Call) -> Document | Answer:
    """Whose a token is, what it is good for, and how many seconds it lasts."""
    form = dict(parse_qsl(call.raw.decode(errors="replace")))
    given = call.parameter("access_token") or form.get("access_token", "")
    info = call.cloud.tokens.info(given)
    if info is None:
        return Answer({"error": "invalid_token", "error_description": "Invalid Value"}, status=400)
    left = info.expires - call.now
    return {
        "email": info.principal.email,
        "email_verified": "true",
        "scope": " ".join(info.scopes),
        "expires_in": str(int(left.total_seconds())),
        "access_type": "online",
    }
