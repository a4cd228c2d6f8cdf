"""The command line: ``dlt-ingestion run | check | runs | report | replay | restore``."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from dlt_ingestion import __version__, events
from dlt_ingestion.clock import Clock
from dlt_ingestion.config import Settings, load_settings
from dlt_ingestion.errors import ConfigurationError, IngestionError, WarehouseError
from dlt_ingestion.interrupt import ended_by_signals

_BUG_EXIT_CODE = 1
_EPILOG = """\b
Exit codes: 0 published, unchanged or superseded; 2 configuration; 3 the API's
answer; 4 a failed audit; 5 the warehouse; 6 the report's file or bucket; 1 a bug;
143 and 130 after SIGTERM and SIGINT. Whatever the code: the published tables are whole."""


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dlt-ingestion")
@click.option(
    "--env-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(".env"),
    show_default=True,
    help="Variables from this file, where it exists; the environment's own win.",
)
@click.pass_context
def main(context: click.Context, env_file: Path) -> None:
    """Brings The Dog API's breeds into BigQuery or DuckDB, whole or not at all.

    Everything is set by environment variables, listed in .env.example. With GCP_PROJECT_ID the
    tables are in BigQuery, else in DuckDB under data/. Without DOG_API_KEY a sample is read.
    """
    context.obj = env_file


@main.command()
@click.option(
    "--accept-shrink",
    is_flag=True,
    help="Publish even if far fewer breeds came than last time; recorded with the run.",
)
@click.pass_obj
def run(env_file: Path, accept_shrink: bool) -> None:
    """Read the API, audit what it says, and publish it in one transaction.

    Repeating a run is always safe: content that did not change is found by its hash and not loaded
    again. Two runs at once end as if one came after the other.
    """
    with _edge(env_file) as (settings, clock):
        from dlt_ingestion.pipeline import ingest

        with _reported(settings, clock):
            _show(settings, lambda: ingest(settings, clock, accept_shrink=accept_shrink))


@main.command()
@click.pass_obj
def check(env_file: Path) -> None:
    """Look at configuration, API, key and warehouse, and say what to do about each fault.

    Asks the API once, opens the warehouse as a run would, and tries what a run needs: the location
    of the datasets, jobs, writing. Changes no table. Ends with the exit code of the worst fault.
    """
    with _edge(env_file) as (settings, clock):
        from dlt_ingestion import console, doctor

        findings = doctor.examine(settings, clock)
        console.show_findings(findings, console.screen())
        sys.exit(max((finding.exit_code for finding in findings), default=0))


@main.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with every column.")
@click.pass_obj
def runs(env_file: Path, limit: int, as_json: bool) -> None:
    """Show the run history, newest first: what each run read, changed and flagged, how it ended.

    The same rows are in the table ingestion_runs, with durations, hashes, versions and audits.
    """
    with _edge(env_file) as (settings, clock):
        from dlt_ingestion import console
        from dlt_ingestion.runs import RunIdentity, history
        from dlt_ingestion.warehouse import open_warehouse

        identity = RunIdentity.new(settings, clock)
        warehouse = open_warehouse(settings, clock, f"runs-{identity.run_id}")
        try:
            with warehouse.session():
                warehouse.prepare()
                rows = history(warehouse, limit)
        finally:
            warehouse.clean_up()
        if as_json:
            for row in rows:
                click.echo(json.dumps(dict(row), default=lambda value: value.isoformat()))
        else:
            console.show_runs(rows, console.screen())


@main.command()
@click.option("--open", "open_it", is_flag=True, help="Show it in the browser.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; by default data/report.html.",
)
@click.option("--publish", is_flag=True, help="Write it to the bucket that REPORT_BUCKET names.")
@click.pass_obj
def report(env_file: Path, open_it: bool, output: Path | None, publish: bool) -> None:
    """Write one HTML page that shows breeds, changes, runs and data quality.

    The page has everything in itself: it needs no network, except for the breeds' pictures, and can
    be sent by mail. It shows the warehouse as it is now, and says how old that is.
    """
    with _edge(env_file) as (settings, clock):
        import webbrowser

        from dlt_ingestion import report as reports

        if publish:
            click.echo(f"Report written to {reports.publish(settings, clock)}.")
        if publish and output is None and not open_it:
            return
        path = output or reports.DEFAULT_PATH
        reports.write_file(reports.build(settings, clock), path)
        click.echo(f"Report written to {path}.")
        if open_it and not webbrowser.open(path.absolute().as_uri()):
            click.echo("No browser could be opened here: open the file in one yourself.")


_RUN_OPTION = click.option(
    "--run",
    "run_id",
    required=True,
    metavar="ID",
    help="The run, as `dlt-ingestion runs` names it.",
)


@main.command()
@_RUN_OPTION
@click.pass_obj
def replay(env_file: Path, run_id: str) -> None:
    """Parse a run's stored answers again and publish them, without asking the API.

    For a better parser to reach data that was read before it. Answers older than what is published
    are parsed but not published: use restore to go back on purpose.
    """
    with _edge(env_file) as (settings, clock):
        from dlt_ingestion import pipeline

        with _reported(settings, clock):
            _show(settings, lambda: pipeline.replay(settings, clock, run_id))


@main.command()
@_RUN_OPTION
@click.pass_obj
def restore(env_file: Path, run_id: str) -> None:
    """Publish an earlier run's content again, exactly as it was published then.

    The way back after a bad publication. It is recorded as a run of its own, and the next ordinary
    run publishes what the API says then.
    """
    with _edge(env_file) as (settings, clock):
        from dlt_ingestion import pipeline

        with _reported(settings, clock):
            _show(settings, lambda: pipeline.restore(settings, clock, run_id))


@contextmanager
def _edge(env_file: Path) -> Iterator[tuple[Settings, Clock]]:
    """Settings in, exit code out: the one place where errors become messages."""
    settings: Settings | None = None
    try:
        with ended_by_signals():
            settings = load_settings(dotenv=env_file)
            clock = Clock.starting_at(settings.clock_start)
            events.configure(settings, clock)
            yield settings, clock
    except IngestionError as error:
        _fail(settings, error)
        sys.exit(error.exit_code)
    except Exception:
        if settings is None:
            raise
        events.emit_bug()
        sys.exit(_BUG_EXIT_CODE)


@contextmanager
def _reported(settings: Settings, clock: Clock) -> Iterator[None]:
    """Afterwards the report in REPORT_BUCKET shows how the run inside ended, a failure too."""
    from dlt_ingestion import report as reports

    try:
        yield
    except (ConfigurationError, WarehouseError):
        raise  # before anything was recorded, or nothing can be read either
    except IngestionError:
        reports.publish_after_run(settings, clock)
        raise
    reports.publish_after_run(settings, clock)


def _fail(settings: Settings | None, error: IngestionError) -> None:
    if settings is not None and settings.log_format == "json":
        events.emit(
            "command_failed", level=logging.ERROR, error_class=error.error_class, error=str(error),
            exit_code=error.exit_code,
        )  # fmt: skip
    else:
        click.secho(events.redact(str(error)), fg="red", err=True)


def _show(settings: Settings, work: Callable[[], object]) -> None:
    """Does the work, with progress on a terminal, and shows how it ended to people."""
    from dlt_ingestion import console
    from dlt_ingestion.pipeline import Outcome

    if settings.log_format == "json":
        work()
        return
    if settings.sample:
        click.echo("No DOG_API_KEY is set: reading the sample that comes with the project.")
    with _progress():
        outcome = work()
    if isinstance(outcome, Outcome):
        console.show_outcome(outcome, console.screen())


@contextmanager
def _progress() -> Iterator[None]:
    """A moving line where standard error is a terminal and rich is there; log lines otherwise."""
    from dlt_ingestion import console

    if not sys.stderr.isatty() or not isinstance(console.screen(), console.RichScreen):
        yield
        return
    handler = console.ProgressHandler()
    with events.handlers_replaced([handler]):
        try:
            yield
        finally:
            handler.close()


if __name__ == "__main__":
    main()
