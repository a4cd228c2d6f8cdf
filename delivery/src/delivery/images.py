"""The images in Artifact Registry, and the tags that say what each of them is.

``latest``    what was pushed last, or rolled back to: the image of a plan by hand
``deployed``  what has passed its smoke run in production
``previous``  what was deployed before it: where a rollback goes
``<commit>``  the commit that it was built from

The repository's cleanup policies keep the first three, so a rollback always finds its image.
"""

import json
import re
from dataclasses import dataclass

from delivery import program, registry
from delivery.errors import SetupError
from delivery.system import System

LATEST, DEPLOYED, PREVIOUS = "latest", "deployed", "previous"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_ABBREVIATED_COMMIT = re.compile(r"[0-9a-f]{7,39}")
_TOLD = 8


@dataclass(frozen=True)
class Images:
    """The image of a system, in all its versions."""

    system: System

    def tags(self) -> dict[str, str]:
        """The digest of each tag."""
        listed = json.loads(
            program.output("gcloud", "artifacts", "docker", "tags", "list", self.system.image,
                           f"--project={self.system.project}", "--format=json")
        )  # fmt: skip
        return {_last(one["tag"]): _last(one["version"]) for one in listed}

    def digest(self, version: str) -> str:
        """The digest of a version: a digest, a tag, a commit (7 digits or more of it).

        Raises:
            SetupError: there is no such image, or more than one.
        """
        version = version.removeprefix(f"{self.system.image}@").removeprefix(
            f"{self.system.image}:"
        )
        if _DIGEST.fullmatch(version):
            self._require(version)
            return version
        tags = self.tags()
        if version in tags:
            return tags[version]
        if _ABBREVIATED_COMMIT.fullmatch(version):
            found = {digest for tag, digest in tags.items() if tag.startswith(version)}
            if len(found) == 1:
                return found.pop()
            if found:
                raise SetupError(f"{version} could be any of {len(found)} images: give more of it.")
        raise SetupError(
            f"There is no image {self.system.image}:{version}. There are: "
            f"{', '.join(sorted(tags)[:_TOLD]) or 'none at all'}"
            f"{' ...' if len(tags) > _TOLD else ''}."
        )

    def reference(self, digest: str) -> str:
        """The address by which exactly this image is meant."""
        return f"{self.system.image}@{digest}"

    def move(self, tag: str, digest: str) -> None:
        """Makes a tag mean this image. Again, it changes nothing."""
        registry.point(self.system, tag, digest)

    def _require(self, digest: str) -> None:
        found = json.loads(
            program.output("gcloud", "artifacts", "docker", "images", "list", self.system.image,
                           f"--project={self.system.project}", f"--filter=version={digest}",
                           "--format=json")
        )  # fmt: skip
        if not found:
            raise SetupError(
                f"There is no image {self.reference(digest)}: the repository's cleanup may have "
                "deleted it. Deploy its commit anew instead."
            )


def _last(name: str) -> str:
    """Of a resource's full name."""
    return str(name).rsplit("/", 1)[-1]
