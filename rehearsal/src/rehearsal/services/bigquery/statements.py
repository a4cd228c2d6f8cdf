"""What one GoogleSQL statement needs: tables to read, permissions, datasets that must be there.

Permissions are those that https://cloud.google.com/bigquery/docs/reference/standard-sql names by
statement. A view is read with the permissions on the view alone (Google wants them on its tables
too, unless the view is authorised there); a function that a query calls is not asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from rehearsal.services.bigquery.access import READ, Place
from rehearsal.services.bigquery.names import DatasetName, TableName

CREATE = "bigquery.tables.create"
UPDATE_DATA = "bigquery.tables.updateData"
_UPDATE, _DELETE, _SNAPSHOT = (
    "bigquery.tables.update", "bigquery.tables.delete", "bigquery.tables.createSnapshot",
)  # fmt: skip
_LIST, _GET = "bigquery.tables.list", "bigquery.tables.get"
_SCHEMA_VIEWS = "INFORMATION_SCHEMA"
_REGION = "region-"


@dataclass(frozen=True)
class Names:
    """How names in a statement are completed. ``temporary`` tables are the script's own."""

    project: str
    default: DatasetName | None
    temporary: frozenset[str] = frozenset()

    def table(self, node: Any) -> TableName | None:
        """The table that is named; None if it is temporary, or has no dataset."""
        if node.db:
            if node.db.upper() == "_SESSION":
                return None
            return TableName(node.catalog or self.project, node.db, node.name.partition("$")[0])
        if self.default is None or node.name.casefold() in self.temporary:
            return None
        return TableName(self.default.project, self.default.dataset, node.name)

    def dataset(self, node: Any) -> DatasetName:
        """The dataset that a statement about a dataset names."""
        return DatasetName(node.catalog or self.project, node.db or node.name)


@dataclass
class Needs:
    """What a statement needs, each list in the order in which it is asked for."""

    names: Names
    reads: list[TableName] = field(default_factory=list)
    writes: list[TableName] = field(default_factory=list)
    permissions: list[tuple[str, Place]] = field(default_factory=list)
    datasets: list[DatasetName] = field(default_factory=list)
    """Those that must be there, in the job's location."""
    makes: DatasetName | None = None
    location: str | None = None
    """Where the dataset is made."""
    drops: DatasetName | None = None
    temporary: str | None = None
    """The name of a temporary table that it makes."""
    permanent_ddl: bool = False

    def read(self, table: TableName | None) -> None:
        """Notes that a table is queried."""
        if table is not None and table not in self.reads:
            self.reads.append(table)
            self.touch(table.home)

    def write(self, table: TableName | None, *permissions: str) -> None:
        """Notes that a table is changed."""
        if table is not None:
            self.writes.append(table)
            self.touch(table.home)
            self.permissions += [(one, table) for one in permissions]

    def ask(self, permission: str, place: Place) -> None:
        """Notes a permission."""
        self.permissions.append((permission, place))

    def touch(self, dataset: DatasetName) -> None:
        """Notes that a dataset must be there."""
        if dataset not in self.datasets:
            self.datasets.append(dataset)


@dataclass(frozen=True)
class _Parts:
    """What matters in a syntax tree, found in one walk."""

    tables: list[Any]
    defined: set[str]
    """Names that WITH gives."""
    temporary: bool
    location: str | None
    """Where DDL says that a dataset is to be."""

    @staticmethod
    def of(tree: Any) -> "_Parts":
        tables, defined = [], set()
        temporary, location = False, None
        for node in tree.walk():
            if isinstance(node, exp.Table):
                tables.append(node)
            elif isinstance(node, exp.CTE):
                defined.add(node.alias.casefold())
            elif isinstance(node, exp.TemporaryProperty):
                temporary = True
            elif isinstance(node, exp.LocationProperty):
                location = str(node.this.name)
        return _Parts(tables, defined, temporary, location)


def needs_of(tree: Any, names: Names, *, snapshot: bool = False) -> Needs:
    """What a statement needs; ``snapshot`` of a CREATE SNAPSHOT TABLE."""
    needs, parts = Needs(names), _Parts.of(tree)
    target = _target(tree)
    if target is not None:
        _BY_TYPE[type(tree)](needs, tree, target, parts)
    if isinstance(tree, (exp.Create, exp.Drop, exp.Alter)):
        needs.permanent_ddl = not _temporary(needs, tree, target, parts)
    if not isinstance(tree, (exp.Drop, exp.Alter)):
        for node in parts.tables:
            if node is not target and (node.db or node.name.casefold() not in parts.defined):
                _source(needs, node, snapshot=snapshot)
    return needs


def _target(tree: Any) -> Any:
    """The table or dataset that a statement changes."""
    if type(tree) not in _BY_TYPE:
        return None
    return tree.this.find(exp.Table) if tree.this else tree.find(exp.Table)


def _source(needs: Needs, node: Any, *, snapshot: bool) -> None:
    if node.name.upper().startswith(_SCHEMA_VIEWS) or node.db.upper() == _SCHEMA_VIEWS:
        _schema_view(needs, node)
    elif isinstance(node.this, exp.Func):
        if node.db:
            needs.ask("bigquery.routines.get", DatasetName(needs.names.project, node.db))
    else:
        table = needs.names.table(node)
        needs.read(table)
        if snapshot and table is not None:
            needs.ask(_SNAPSHOT, table)


def _schema_view(needs: Needs, node: Any) -> None:
    """A view of metadata: of a dataset, or of a region's projects, jobs and datasets."""
    names = needs.names
    dataset = node.db if node.db.upper() != _SCHEMA_VIEWS else ""
    if not dataset or dataset.lower().startswith(_REGION):
        permission = "bigquery.jobs.listAll" if "JOBS" in node.name.upper() else _LIST
        needs.ask(permission, node.catalog or names.project)
        return
    home = DatasetName(node.catalog or names.project, dataset)
    needs.touch(home)
    needs.ask(_LIST, home)
    needs.ask(_GET, home)


def _insert(needs: Needs, _: Any, target: Any, __: _Parts) -> None:
    needs.write(needs.names.table(target), UPDATE_DATA)


def _mutate(needs: Needs, _: Any, target: Any, __: _Parts) -> None:
    needs.write(needs.names.table(target), UPDATE_DATA, READ)


def _create(needs: Needs, tree: Any, target: Any, parts: _Parts) -> None:
    kind = (tree.args.get("kind") or "TABLE").upper()
    if kind == "SCHEMA":
        needs.makes, needs.location = needs.names.dataset(target), parts.location
        needs.ask("bigquery.datasets.create", needs.makes.project)
    elif not parts.temporary:
        table = needs.names.table(target)
        if table is not None:
            _create_in(needs, tree, kind, table)


def _create_in(needs: Needs, tree: Any, kind: str, table: TableName) -> None:
    needs.touch(table.home)
    if kind not in {"TABLE", "VIEW"}:
        needs.ask("bigquery.routines.create", table.home)
        return
    needs.writes.append(table)
    needs.ask(CREATE, table.home)
    if kind == "TABLE" and (tree.expression or tree.args.get("clone")):
        needs.ask(UPDATE_DATA, table.home)
    if tree.args.get("replace"):
        needs.ask(_UPDATE, table)


def _drop(needs: Needs, tree: Any, target: Any, _: _Parts) -> None:
    kind = (tree.args.get("kind") or "TABLE").upper()
    if kind == "SCHEMA":
        needs.drops = needs.names.dataset(target)
        needs.ask("bigquery.datasets.delete", needs.drops)
        return
    table = needs.names.table(target)
    if table is None:
        return
    if not tree.args.get("exists"):
        needs.touch(table.home)
    if kind in {"TABLE", "VIEW"}:
        needs.writes.append(table)
        needs.ask(_DELETE, table)
    else:
        needs.ask("bigquery.routines.delete", table.home)


def _alter(needs: Needs, _: Any, target: Any, __: _Parts) -> None:
    needs.write(needs.names.table(target), _UPDATE, _GET)


def _temporary(needs: Needs, tree: Any, target: Any, parts: _Parts) -> bool:
    """Whether DDL concerns the script's own tables and functions alone."""
    if parts.temporary:
        if target is not None and tree.args.get("kind") == "TABLE":
            needs.temporary = target.name.casefold()
        return True
    return target is not None and not target.db and target.name.casefold() in needs.names.temporary


_BY_TYPE: dict[type, Callable[[Needs, Any, Any, _Parts], None]] = {
    exp.Insert: _insert,
    exp.Update: _mutate,
    exp.Delete: _mutate,
    exp.Merge: _mutate,
    exp.TruncateTable: _mutate,
    exp.Create: _create,
    exp.Drop: _drop,
    exp.Alter: _alter,
}
