"""Into production and back: the image that the job has, and the tags that remember it.

    push       the image, by its commit and as ``latest``
    apply      the job gets it; nothing is forgotten yet
    smoke      one execution, looked at
    settle     it is ``deployed`` now, and what was is ``previous``
    rollback   apply, ``latest`` moved back, smoke, settle

Until an image is settled, ``deployed`` is the one to go back to. Each may be repeated.
"""

from dataclasses import dataclass

from delivery import program
from delivery.errors import ProgramError, SetupError
from delivery.images import DEPLOYED, LATEST, PREVIOUS, Images
from delivery.infrastructure import Infrastructure
from delivery.job import Job
from delivery.reporting import hand_on, say
from delivery.smoke import smoke
from delivery.system import System


@dataclass(frozen=True)
class Delivery:
    """The steps, for one system."""

    system: System

    @property
    def images(self) -> Images:
        """The images to choose from."""
        return Images(self.system)

    def check(self) -> None:
        """Looks for all that a deployment needs, before anything is changed.

        Raises:
            DeliveryError: a variable, a program, a file or a permission is missing.
        """
        Infrastructure(self.system).require()
        tags = self.images.tags()
        digest = Job(self.system).digest()
        say(
            f"{self.system.project}: the job has {_short(digest)}, "
            f"deployed is {_short(tags.get(DEPLOYED))}, previous is {_short(tags.get(PREVIOUS))}."
        )

    def push(self, image: str) -> str:
        """Pushes an image ``ADDRESS:TAG``, under its tag and as ``latest``; gives its digest."""
        address, _, tag = image.rpartition(":")
        if address != self.system.image or not tag:
            raise SetupError(
                f"{image!r} is not to be pushed: production's images are {self.system.image}:"
                "<commit>. Build it so: make image IMAGE=..."
            )
        self._remember_what_runs()
        # Makes docker ask gcloud for credentials of this host; it is kept in docker's settings.
        program.output("gcloud", "auth", "configure-docker", self.system.registry, "--quiet")
        program.call("docker", "push", image)
        digest = self.images.digest(tag)
        self.images.move(LATEST, digest)
        hand_on("digest", digest)
        say(f"Pushed {image} as {digest}.")
        return digest

    def apply(self, version: str) -> str:
        """Gives the job this version; gives its digest."""
        Infrastructure(self.system).require()
        self._remember_what_runs()
        digest = self.images.digest(version)
        Infrastructure(self.system).apply(self.images.reference(digest))
        hand_on("digest", digest)
        say(f"The job has {digest}{'' if digest in version else f' ({version})'}.")
        return digest

    def smoke(self) -> None:
        """See ``smoke``."""
        smoke(self.system)

    def settle(self) -> None:
        """Remembers what the job has as ``deployed``, and what was deployed as ``previous``."""
        digest = Job(self.system).digest()
        if digest is None:
            raise SetupError("There is no job with a digest to settle: make apply first.")
        tags = self.images.tags()
        before = tags.get(DEPLOYED)
        if before not in (None, digest):
            self.images.move(PREVIOUS, before)
        for tag in (DEPLOYED, LATEST):
            if tags.get(tag) != digest:
                self.images.move(tag, digest)
        say(f"Deployed: {digest}. To go back: make rollback (to {_short(before)}).")

    def deploy(self, version: str) -> None:
        """Applies, looks, settles; on failure goes back, and raises what failed."""
        self.apply(version)
        try:
            self.smoke()
        except Exception as failure:
            self._back(failure)
            raise
        self.settle()

    def rollback(self, version: str) -> None:
        """Goes back to a version.

        Raises:
            SetupError: there is none to go back to.
        """
        tags = self.images.tags()
        if version in (DEPLOYED, PREVIOUS) and version not in tags:
            raise SetupError(
                f"There is nothing to go back to: no image has the tag {version}, so this was the "
                "first deployment. The job stays as it is; deploy one that works."
            )
        digest = self.apply(version)
        # Before anything else can fail: a plan with `latest` must find nothing to change.
        self.images.move(LATEST, digest)
        self.smoke()
        self.settle()
        say(f"Rolled back to {digest}.")

    def _back(self, failure: Exception) -> None:
        say(f"Going back to what was deployed, because: {failure}")
        self.rollback(DEPLOYED)

    def _remember_what_runs(self) -> None:
        """Takes over a job that was deployed by hand: what it has is what to go back to."""
        if DEPLOYED in self._tags_if_any():
            return
        digest = Job(self.system).digest()
        if digest is not None:
            self.images.move(DEPLOYED, digest)

    def _tags_if_any(self) -> dict[str, str]:
        """None before the first push: the registry does not know the image then."""
        try:
            return self.images.tags()
        except ProgramError as error:
            if "NOT_FOUND" in error.said:  # gcloud's word for a 404
                return {}
            raise


def _short(digest: str | None) -> str:
    return digest[:19] if digest else "nothing"
