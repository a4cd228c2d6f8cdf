"""How Debian's docker-registry is started: files below the resources, deletion switched on."""

from pathlib import Path

from rehearsal.documents import encode
from rehearsal.running.state import State, write_whole


def configuration(state: State) -> Path:
    """The registry's configuration file."""
    return state.folder / "registry.yml"


def write_configuration(state: State, port: int) -> None:
    """Writes it. JSON is YAML, too.

    https://distribution.github.io/distribution/about/configuration/
    """
    images = state.resources / "registry"
    images.mkdir(parents=True, exist_ok=True)
    document = {
        "version": 0.1,
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(images)},
            "delete": {"enabled": True},
            # The server redirects nobody to an address that only it reaches.
            "redirect": {"disable": True},
        },
        # Uploads are continued at the address that the client has used, not at the registry's.
        "http": {"addr": f"127.0.0.1:{port}", "relativeurls": True},
    }
    write_whole(configuration(state), encode(document))
