"""What people see on a terminal: progress while a run works, and tables. Needs the extra terminal.

Without rich (the image leaves it out) the same is said in plain lines.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

import click

from dlt_ingestion.doctor import Finding
from dlt_ingestion.events import fields_of, redact
from dlt_ingestion.pipeline import Outcome
from dlt_ingestion.warehouse import Row, Value

_RUN_HEADINGS = (
    "run", "kind", "status", "started (UTC)", "breeds", "changes", "flagged", "error",
)  # fmt: skip
_WIDTH_OF_A_PIPE = 160


class Screen(Protocol):
    """A way to show tables."""

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Shows one table."""


class PlainScreen:
    """Tables as lines with tabs, for pipes and for the image."""

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Shows one table."""
        click.echo(title)
        for row in (headings, *rows) if any(headings) else rows:
            click.echo("\t".join(row))


class RichScreen:
    """Tables with rules and colours."""

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Shows one table."""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(title=title, title_justify="left", show_header=any(headings))
        for heading in headings[:-1]:
            table.add_column(heading, no_wrap=True)
        table.add_column(headings[-1], overflow="fold")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))  # Text: no markup from data
        console = Console()
        if not console.is_terminal:
            console = Console(width=_WIDTH_OF_A_PIPE)
        console.print(table)


def screen() -> Screen:
    """Rich where it is installed."""
    try:
        import rich  # noqa: F401
    except ImportError:
        return PlainScreen()
    return RichScreen()


class ProgressHandler(logging.Handler):
    """Shows the latest event on one moving line, and warnings above it. Needs rich."""

    def __init__(self) -> None:
        super().__init__()
        from rich.console import Console

        self._console = Console(stderr=True)
        self._status = self._console.status("starting")
        self._status.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Shows one record."""
        fields = fields_of(record)
        text = redact(
            " ".join([record.getMessage().replace("_", " "), *(_pair(*f) for f in fields.items())])
        )
        if record.levelno >= logging.WARNING:
            self._console.print(text, style="yellow", markup=False, highlight=False)
        else:
            from rich.text import Text

            self._status.update(Text(text))

    def close(self) -> None:
        """Ends the moving line."""
        self._status.stop()
        super().close()


def _pair(name: str, value: object) -> str:
    return f"{name.replace('_', ' ')} {format_value(value)}"  # type: ignore[arg-type]


def show_outcome(outcome: Outcome, to: Screen) -> None:
    """A run's end in one short table."""
    counts, content = outcome.counts, outcome.content
    said = {
        "published": "published",
        "unchanged": "nothing changed since the last run",
        "superseded": "not published: newer content is there already",
    }
    source = "the sample (set DOG_API_KEY for the real API)" if outcome.sample else "The Dog API"
    if outcome.identity.source_run_id:
        source = f"run {outcome.identity.source_run_id}"
    rows = [
        ("read", f"{content.breeds} breeds from {source}, {outcome.requests} requests"),
        ("published", f"{counts.published} breeds: {said.get(outcome.status, outcome.status)}"),
        ("changed", f"{counts.added} added, {counts.changed} changed, {counts.removed} removed"),
        ("flagged", f"{content.flagged_values} values, listed in breed_issues"),
        ("where", outcome.warehouse_name),
        ("run", f"{outcome.identity.run_id}, {outcome.total_seconds:.1f} s"),
    ]
    to.table(f"dlt-ingestion {outcome.identity.kind}", ("", ""), rows)
    click.echo(
        "See breeds, changes and runs on one page: dlt-ingestion report --open (make report)"
    )


def show_runs(rows: Sequence[Row], to: Screen) -> None:
    """The run history, newest first."""
    to.table("Runs", _RUN_HEADINGS, [_run_cells(row) for row in rows])


def _run_cells(row: Row) -> list[str]:
    changes = (
        ""
        if row["breeds_added"] is None
        else (f"+{row['breeds_added']} ~{row['breeds_changed']} -{row['breeds_removed']}")
    )
    names = ("run_id", "kind", "status", "started_at", "breeds_published")
    cells = [format_value(row[name]) for name in names]
    return [
        *cells,
        changes,
        format_value(row["values_flagged"]),
        format_value(row["error_message"]),
    ]


def show_findings(findings: Sequence[Finding], to: Screen) -> None:
    """What ``check`` found."""
    rows = [(f.subject, f.verdict, redact(f.detail)) for f in findings]
    to.table("Check", ("what", "verdict", "found, or what to do"), rows)


def format_value(value: Value) -> str:
    """A value as people read it; times in UTC."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value)
