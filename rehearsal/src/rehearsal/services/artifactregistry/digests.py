"""What an image's tag means at this moment, for whoever runs images."""

from rehearsal.cloud import Cloud
from rehearsal.services.artifactregistry.index import Index
from rehearsal.services.artifactregistry.names import image_of


class Digests:
    """``cloud.registry``."""

    def __init__(self, cloud: Cloud) -> None:
        self._index = Index(cloud.store)

    def digest_of(self, image: str) -> str | None:
        """``sha256:...`` of ``L-docker.pkg.dev/P/R/IMG[:TAG][@DIGEST]``; None: it isn't there."""
        name = image_of(image)
        if name is None:
            return None
        return self._index.digest(name.package, name.digest or name.tag)
