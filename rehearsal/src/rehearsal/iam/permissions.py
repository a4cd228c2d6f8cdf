"""The tables of roles and of methods: which permissions a role holds, which a method needs.

``roles.json`` and ``methods.json`` name their source. Methods in the list ``ours`` differ from
it: a permission that only some calls need is asked for by the handler, and what the source lacks
is from Google's documentation of the method.
"""

from functools import cache
from importlib import resources

from rehearsal.documents import Document, decode


def permissions_of(api: str, version: str, method_id: str) -> tuple[str, ...] | None:
    """What a method needs on its resource; None: nothing is known of it.

    Ids mean the same in all versions of an API.
    """
    del api, version
    found = _table("methods").get(method_id)
    return None if found is None else tuple(found)


def permissions_in(role: str) -> frozenset[str] | None:
    """What a role holds; None: there is no such role."""
    return _roles().get(role)


def roles_with(permission: str) -> tuple[str, ...]:
    """The roles that hold a permission, the narrowest first."""
    holding = [role for role, permissions in _roles().items() if permission in permissions]
    return tuple(sorted(holding, key=lambda role: (len(_roles()[role]), role)))


@cache
def _roles() -> dict[str, frozenset[str]]:
    return {role: frozenset(permissions) for role, permissions in _table("roles").items()}


@cache
def _table(name: str) -> Document:
    data = resources.files(__package__ or "rehearsal.iam").joinpath(f"{name}.json").read_bytes()
    table: Document = decode(data)[name]
    return table
