"""``fault``: calls that fail on purpose."""

from typing import Annotated

import click
import typer

from rehearsal.cli.app import state_of
from rehearsal.documents import Document
from rehearsal.running.asking import ask


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Make calls fail, wait, or lose their answers.", no_args_is_help=True)
    group.command()(add)
    group.command(name="list")(show)
    group.command()(clear)
    app.add_typer(group, name="fault")


def add(
    context: typer.Context,
    method: Annotated[
        str,
        typer.Option(help="Method id as in COVERAGE.md, or metadata.token; * stands for anything."),
    ] = "*",
    principal: Annotated[str, typer.Option(help="As user:EMAIL or serviceAccount:EMAIL.")] = "*",
    host: Annotated[str, typer.Option(help="As api.thedogapi.com.")] = "*",
    status: Annotated[int, typer.Option(help="HTTP status to answer with.")] = 0,
    message: Annotated[str, typer.Option(help="The error's message.")] = "",
    reason: Annotated[str, typer.Option(help="The error's reason (BigQuery, Storage).")] = "",
    delay: Annotated[float, typer.Option(help="Seconds to wait before anything else.")] = 0.0,
    drop: Annotated[
        str, typer.Option(help="Close the connection: before, or after it took effect.")
    ] = "",
    skip: Annotated[int, typer.Option(help="Calls that pass first.")] = 0,
    times: Annotated[
        int | None, typer.Option(help="Calls that are hit. Default: all.", show_default=False)
    ] = None,
) -> None:
    """Add a fault; the first one that fits a call is the one that it meets."""
    fault = {
        "method": method, "principal": principal, "host": host, "status": status,
        "message": message, "reason": reason, "delay_seconds": delay, "drop": drop, "skip": skip,
        "times": times,
    }  # fmt: skip
    _tell(ask(state_of(context), "faults/add", fault)["fault"])


def show(context: typer.Context) -> None:
    """Show the faults, and how often each was met."""
    for fault in ask(state_of(context), "faults")["faults"]:
        _tell(fault)


def clear(context: typer.Context) -> None:
    """Forget all faults."""
    click.echo(f"{ask(state_of(context), 'faults/clear')['cleared']} faults are forgotten.")


def _tell(fault: Document) -> None:
    what = [
        f"answers {fault['status']}" if fault["status"] else "",
        f"waits {fault['delay_seconds']:g} s" if fault["delay_seconds"] else "",
        f"drops the connection {fault['drop']} the effect" if fault["drop"] else "",
    ]
    times = "all" if fault["times"] is None else fault["times"]
    skipped = f" after {fault['skip']} more" if fault["skip"] else ""
    click.echo(
        f"#{fault['number']} {fault['method']} at {fault['host']} by {fault['principal']}:"
        f" {', '.join(word for word in what if word)}; {times} calls{skipped}, {fault['used']} met"
    )
