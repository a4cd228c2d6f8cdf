"""Writes the reference of the published tables (docs/tables.md) from their one definition."""

from pathlib import Path

from dlt_ingestion.schema import TABLES, Table

TARGET = Path(__file__).with_name("tables.md")


def reference() -> str:
    """The whole page, in Markdown."""
    head = "# Tables\n\nMade by `make docs` from `schema.py`; the warehouse has the same texts.\n"
    return "\n".join([head, *map(_section, TABLES)])


def _section(table: Table) -> str:
    rows = "\n".join(
        f"| `{c.name}` | {c.type} | {'yes' if c.required else ''} | {c.description} |"
        for c in table.columns
    )
    head = "| column | type | required | what it is |\n|---|---|---|---|"
    return f"## {table.name}\n\n{table.description}.\n\n{head}\n{rows}\n"


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
