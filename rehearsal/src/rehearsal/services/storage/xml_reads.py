"""What reads an object by the XML API: ``GET`` and ``HEAD /BUCKET/OBJECT``.

Terraform's backend and Google's client for Go read so. https://cloud.google.com/storage/docs/xml-api
"""

from xml.sax.saxutils import escape

from rehearsal.api.call import Answer, Call
from rehearsal.errors import ApiError
from rehearsal.services.storage import preconditions
from rehearsal.services.storage.definition import service
from rehearsal.services.storage.objects import version_of
from rehearsal.services.storage.reads import media

_CODES = {
    401: ("AuthenticationRequired", "Authentication required."),
    403: ("AccessDenied", "Access denied."),
    404: ("NoSuchKey", "The specified key does not exist."),
    412: ("PreconditionFailed", "At least one of the pre-conditions you specified did not hold."),
    416: ("InvalidRange", "The requested range cannot be satisfied."),
}
_NO_BUCKET = ("NoSuchBucket", "The specified bucket does not exist.")
_HEADERS = {
    "x-goog-if-generation-match": "ifGenerationMatch",
    "x-goog-if-metageneration-match": "ifMetagenerationMatch",
}


@service.raw(
    "GET HEAD",
    r"/(?!(?:storage|upload|download|resumable|batch)/)"
    r"(?P<bucket>[a-z0-9][a-z0-9._-]{1,220}[a-z0-9])/(?P<object>.+)",
    host=r"storage\.googleapis\.com",
    name="storage.objects.get",
    source="recorded",
    authenticated=True,
)
def read(call: Call) -> Answer:
    """The bytes of an object, with its version in headers; errors are XML."""
    for header, parameter in _HEADERS.items():
        if header in call.headers:
            call.query[parameter] = [call.headers[header]]
    try:
        found = version_of(call, "storage.objects.get", call.path["bucket"], call.path["object"])
        preconditions.check(call, found.resource)
        return media(call, found)
    except preconditions.NotModifiedError:
        return Answer(status=304)
    except ApiError as error:
        return _refusal(call, error)


def _refusal(call: Call, error: ApiError) -> Answer:
    code, message = _CODES.get(error.code, ("InvalidArgument", "Invalid argument."))
    if error.message == _NO_BUCKET[1]:
        code, message = _NO_BUCKET
    text = (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message>"
        f"<Details>{escape(error.message)}</Details></Error>"
    )
    body = None if call.http_method == "HEAD" else text.encode()
    return Answer(body, error.code, {"content-type": "application/xml; charset=UTF-8"})
