"""The list of an image's tags, in the form that Google's registry gives it: with all manifests.

https://distribution.github.io/distribution/spec/api/#listing-image-tags
"""

from rehearsal.api.call import Answer, Call
from rehearsal.clock import parse_rfc3339
from rehearsal.documents import Document
from rehearsal.services.artifactregistry.docker.admission import DOWNLOAD, admitted
from rehearsal.services.artifactregistry.docker.refusals import VERSION, RegistryError
from rehearsal.services.artifactregistry.index import Index, Version


def list_tags(call: Call) -> Answer:
    """All tags, or ``n`` of them after ``last``; all manifests."""
    package = admitted(call, DOWNLOAD)
    index = Index(call.cloud.store)
    if index.package(package) is None:
        raise RegistryError(404, "NAME_UNKNOWN", f'Failed to fetch "{call.path["name"]}"')
    tags = index.tags_of(package)
    names = sorted(name for group in tags.values() for name in group)
    shown, more = _page(call, names)
    body: Document = {
        "child": [],
        "manifest": {
            version.digest: _listed(version, tags.get(version.digest, []))
            for version in index.versions(package)
        },
        "name": call.path["name"],
        "tags": shown,
    }
    return Answer(body, 200, VERSION | more)


def _listed(version: Version, tags: list[str]) -> Document:
    return {
        "imageSizeBytes": str(version.size_bytes),
        "mediaType": version.media_type,
        "tag": tags,
        "timeCreatedMs": _milliseconds(version.built),
        "timeUploadedMs": _milliseconds(version.created),
    }


def _milliseconds(moment: str) -> str:
    return str(int(parse_rfc3339(moment).timestamp() * 1000)) if moment else "0"


def _page(call: Call, names: list[str]) -> tuple[list[str], dict[str, str]]:
    """``n`` names after ``last``, and the header that tells where there are more."""
    last, size = call.parameter("last") or "", call.parameter("n") or ""
    rest = [name for name in names if name > last]
    if not size.isdecimal() or len(rest) <= int(size) or int(size) == 0:
        return rest, {}
    shown = rest[: int(size)]
    following = f"/v2/{call.path['name']}/tags/list?n={size}&last={shown[-1]}"
    return shown, {"link": f'<{following}>; rel="next"'}
