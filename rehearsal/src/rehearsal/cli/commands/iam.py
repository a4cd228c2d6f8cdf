"""``iam``: who may do what, and why."""

import typer

from rehearsal.cli.iam import group


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(group, name="iam")
