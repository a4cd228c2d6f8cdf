"""The command line: ``delivery COMMAND``; ``make`` has a target for each."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from delivery.deploying import Delivery
from delivery.errors import DeliveryError
from delivery.images import PREVIOUS
from delivery.pull_requests import PullRequest, sweep
from delivery.reporting import complain
from delivery.sbom import write_sbom
from delivery.system import System

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Does what the command says; an error becomes a message and an exit code."""
    given = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = given.command
    try:
        command(given)
    except DeliveryError as error:
        complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complain("Interrupted. What was begun may be half done: do it again, or make rollback.")
        sys.exit(_INTERRUPTED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="delivery", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, about: str, work: Callable[[argparse.Namespace], None]
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=about, description=about)
        added.set_defaults(command=work)
        return added

    add("check", "look for all that a deployment needs", lambda _: _delivery().check())
    pushing = add("push", "push an image, also as latest", lambda a: _do(_delivery().push(a.image)))
    pushing.add_argument("image", help="ADDRESS:COMMIT")
    applying = add("apply", "give the job an image", lambda a: _do(_delivery().apply(a.version)))
    applying.add_argument("version", help="digest, commit or tag")
    add("smoke", "execute the job and look at what it left", lambda _: _delivery().smoke())
    add("settle", "remember what the job has as deployed", lambda _: _delivery().settle())
    deploying = add(
        "deploy", "apply, smoke, settle, or back", lambda a: _delivery().deploy(a.version)
    )
    deploying.add_argument("version", help="digest, commit or tag")
    back = add("rollback", "go back to an image", lambda a: _delivery().rollback(a.version))
    back.add_argument("version", nargs="?", default=PREVIOUS, help="digest, commit or tag")
    listing = add("sbom", "write what an image contains", _write_sbom)
    listing.add_argument("image")
    listing.add_argument("--output", type=Path, required=True)
    running = add("pr-run", "run the pipeline into a pull request's datasets", _run_pull_request)
    running.add_argument("number", type=_number)
    running.add_argument("run", nargs="+", metavar="PROGRAM", help="after --")
    removing = add("pr-remove", "remove a pull request's datasets", _remove_pull_request)
    removing.add_argument("number", type=_number)
    sweeping = add("sweep", "remove what pull requests left", _sweep)
    sweeping.add_argument("--older-than-hours", type=float, default=24.0)
    return parser


def _delivery() -> Delivery:
    return Delivery(System.of())


def _write_sbom(given: argparse.Namespace) -> None:
    write_sbom(given.image, given.output, Path("pipelines/dlt-ingestion/pyproject.toml"))


def _do(_: object) -> None:
    """A command's result is what it tells."""


def _run_pull_request(given: argparse.Namespace) -> None:
    PullRequest(System.of(), given.number).run(given.run)


def _remove_pull_request(given: argparse.Namespace) -> None:
    PullRequest(System.of(), given.number).remove()


def _sweep(given: argparse.Namespace) -> None:
    sweep(System.of(), timedelta(hours=given.older_than_hours))


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of a pull request: PR=12")
    return int(text)
