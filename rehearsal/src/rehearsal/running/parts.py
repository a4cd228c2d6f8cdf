"""The parts of a running rehearsal: what each needs, how it starts, when it is ready."""

import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rehearsal import gateway
from rehearsal.gateway.hosts import ITSELF
from rehearsal.running import bigquery, engine, registry
from rehearsal.running.probes import answers, listens
from rehearsal.running.state import CONTROL_HOST, Settings, State
from rehearsal.running.trust import write_bundle

type Command = list[str | Path]


@dataclass(frozen=True)
class World:
    """What a part is started with."""

    state: State
    settings: Settings

    def port(self, name: str) -> int:
        """One of the ports on 127.0.0.1."""
        return self.settings.ports[name]


def _nothing(_: World) -> None:
    """Most parts need nothing before or after."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One process of the rehearsal."""

    name: str
    purpose: str
    command: Callable[[World], Command]
    ready: Callable[[World], bool]
    """A quick look; asked again and again."""
    programs: tuple[str, ...] = ()
    """What must be on the PATH."""
    remedy: str = ""
    """What to do if one of them isn't."""
    required: bool = False
    """Whether nothing works without it."""
    after: tuple[str, ...] = ()
    """Parts that must be ready (or known to be absent) before it is started."""
    environment: Callable[[World], Mapping[str, str]] = lambda _: {}
    """Variables that are added to those of the user."""
    before: Callable[[World], None] = _nothing
    """Writes what it reads when it starts."""
    then: Callable[[World], None] = _nothing
    """Done once it is ready, before other parts count on it."""
    ready_within_seconds: float = 60.0
    parting: signal.Signals = signal.SIGKILL
    """What it is sent if the supervisor is gone."""
    ends_within_seconds: float = 10.0

    def missing(self) -> list[str]:
        """The programs that are not there."""
        return [program for program in self.programs if program_path(program) is None]


def program_path(name: str) -> str | None:
    """Where a program is: in this environment's own folder, or on the PATH."""
    own = Path(sys.executable).parent / name
    return str(own) if own.is_file() else shutil.which(name)


def _own(name: str) -> str:
    return program_path(name) or name


def _server(world: World) -> Command:
    return [sys.executable, "-m", "rehearsal.running.server", world.state.folder]


def _gateway(world: World) -> Command:
    settings = world.settings
    options = [
        f"confdir={world.state.authority}",
        # Else it would look for the true server before the addon is asked.
        "connection_strategy=lazy",
        "upstream_cert=false",
        "keep_host_header=true",
        "http3=false",
        "flow_detail=0",
        "termlog_verbosity=warn",
        f"ssl_verify_upstream_trusted_ca={settings.trusted}",
        f"rehearsal_server=127.0.0.1:{world.port('server')}",
        f"rehearsal_upstream_proxy={settings.upstream_proxy}",
        *(f"rehearsal_allow={host}" for host in settings.allowed),
    ]
    modes = [
        f"regular@127.0.0.1:{world.port('proxy')}",
        f"reverse:https://upstream.invalid@127.0.0.1:{world.port('tls')}",
    ]
    return [
        _own("mitmdump"),
        *(word for mode in modes for word in ("--mode", mode)),
        *(word for option in options for word in ("--set", option)),
        "-s",
        Path(gateway.__file__).with_name("addon.py"),
    ]


def _gateway_ready(world: World) -> bool:
    return (
        (world.state.authority / "mitmproxy-ca-cert.pem").is_file()
        and answers(world.port("proxy"), "/", ITSELF)
        and listens(world.port("tls"))
    )


def _trust_gateway(world: World) -> None:
    write_bundle(world.state, Path(world.settings.trusted))


SERVER = Part(
    name="server",
    purpose="answers for Google's APIs",
    required=True,
    command=_server,
    ready=lambda world: answers(world.port("server"), "/status", CONTROL_HOST),
)
GATEWAY = Part(
    name="gateway",
    purpose="is the proxy at the true addresses",
    required=True,
    programs=("mitmdump",),
    remedy="install the rehearsal again: make rehearsal-setup",
    command=_gateway,
    ready=_gateway_ready,
    then=_trust_gateway,
)
BIGQUERY = Part(
    name="bigquery",
    purpose="runs queries and loads",
    programs=("local-bigquery",),
    remedy="install the rehearsal again: make rehearsal-setup",
    before=lambda world: bigquery.place_extensions(world.state),
    command=lambda world: bigquery.command(
        _own("local-bigquery"),
        world.state,
        world.settings.project,
        world.port("bigquery"),
        world.port("bigquery_grpc"),
    ),
    environment=lambda world: {"HOME": str(bigquery.home(world.state))},
    ready=lambda world: listens(world.port("bigquery")),
)
REGISTRY = Part(
    name="registry",
    purpose="keeps container images",
    programs=("docker-registry",),
    remedy="apt-get install docker-registry",
    before=lambda world: registry.write_configuration(world.state, world.port("registry")),
    command=lambda world: ["docker-registry", "serve", registry.configuration(world.state)],
    ready=lambda world: answers(world.port("registry"), "/v2/"),
)
ENGINE = Part(
    name="engine",
    purpose="builds images and runs containers",
    programs=("podman", "docker"),
    remedy="rehearsal/engine/install",
    after=("gateway",),
    before=lambda world: engine.forget_readiness(world.state),
    command=lambda world: [sys.executable, "-m", "rehearsal.running.engine", world.state.folder],
    environment=lambda world: engine.environment(world.state, world.port("proxy")),
    ready=lambda world: engine.is_ready(world.state),
    parting=signal.SIGTERM,
    ends_within_seconds=60.0,
)
PARTS = (SERVER, GATEWAY, BIGQUERY, REGISTRY, ENGINE)
"""In the order in which they are shown."""


def here(part: Part, settings: Settings) -> bool:
    """Whether a part is going to run: it is not left out, and its programs are there."""
    return part.name not in settings.without and not part.missing()
