"""Terraform on the root module; the image is what differs between two deployments."""

from dataclasses import dataclass

from delivery import program
from delivery.errors import SetupError
from delivery.system import System

_WRITTEN = {
    "backend.tf": "backend",
    "secrets.tfvars": "secrets_tfvars",
}
"""Files that say which project is meant, and the bootstrap's output that each is made from."""
_LOCK_TIMEOUT = "10m"


@dataclass(frozen=True)
class Infrastructure:
    """What Terraform manages of a system."""

    system: System

    def require(self) -> None:
        """Looks for what Terraform needs beside the code.

        Raises:
            SetupError: a file is missing; the message has the command that makes it.
        """
        folder = self.system.infrastructure
        missing = [name for name in _WRITTEN if not (folder / name).is_file()]
        if missing:
            commands = "\n".join(
                f"  terraform -chdir={folder}/bootstrap output -raw {_WRITTEN[name]} "
                f"> {folder}/{name}"
                for name in missing
            )
            raise SetupError(
                f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not in {folder}. "
                f"Make {'it' if len(missing) == 1 else 'them'} and, for the workflows, commit "
                f"(git add --force: a clone has others); there is no secret inside.\n{commands}"
            )

    def apply(self, image: str) -> None:
        """Makes the project as the code says, with this image; ``ADDRESS@sha256:...``."""
        self._initialise()
        program.call(*self._terraform("apply"), "-input=false", "-auto-approve",
                     f"-lock-timeout={_LOCK_TIMEOUT}", "-var-file=secrets.tfvars",
                     f"-var=dlt_container_image={image}")  # fmt: skip

    def _initialise(self) -> None:
        program.call(*self._terraform("init"), "-input=false")

    def _terraform(self, command: str) -> tuple[str, str, str]:
        return "terraform", f"-chdir={self.system.infrastructure}", command
