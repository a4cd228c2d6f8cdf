"""How the BigQuery stand-in is started: its data, and DuckDB extensions that it would fetch."""

import platform
import shutil
import site
from pathlib import Path

from rehearsal.running.state import State

_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_SYSTEMS = {"Linux": "linux", "Darwin": "osx"}


def home(state: State) -> Path:
    """The HOME that it runs with: DuckDB looks for extensions below it."""
    return state.folder / "bigquery-home"


def command(
    program: str, state: State, project: str, port: int, grpc_port: int
) -> list[str | Path]:
    """Serves on 127.0.0.1, with the data among the resources."""
    return [
        program,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--grpc-port",
        str(grpc_port),
        "--data-dir",
        state.resources / "bigquery",
        "--project",
        project,
    ]


def place_extensions(state: State) -> None:
    """Puts the extensions of this environment's packages where DuckDB looks for them."""
    (state.resources / "bigquery").mkdir(parents=True, exist_ok=True)
    system = f"{_SYSTEMS[platform.system()]}_{_MACHINES[platform.machine()]}"
    for packages in site.getsitepackages():
        for extension in Path(packages).glob("*/extensions/v*/*.duckdb_extension"):
            folder = home(state) / ".duckdb" / "extensions" / extension.parent.name / system
            if not (folder / extension.name).exists():
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copy(extension, folder)
