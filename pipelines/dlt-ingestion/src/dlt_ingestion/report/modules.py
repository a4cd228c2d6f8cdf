"""Joins the page's JavaScript modules into one, for a page that loads nothing has no imports.

Only a plain form is taken, so that joining is exact: ``import { a, b } from "./name.js";`` at the
start of a line and ``export`` before a declaration. Every top-level name is its module's alone.
"""

import re
from collections.abc import Iterator, Mapping

_IMPORT = re.compile(r'^import \{([\w\s,]+)\} from "\./(\w+\.js)";\n', re.M)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class) )", re.M)
_DECLARED = re.compile(r"^(?:export )?(?:async )?(?:function\*?|const|let|class) (\w+)", re.M)
_EXPORTED = re.compile(r"^export (?:async )?(?:function\*?|const|let|class) (\w+)", re.M)
_LEFT = re.compile(r"^\s*(?:import|export)\b.*$", re.M)


def join(modules: Mapping[str, str], entry: str) -> str:
    """The source of ``entry`` and of all that it imports, each after what it needs.

    Raises ValueError where a module imports what is not there, declares a name twice, or has an
    import or export of another form.
    """
    order = list(dict.fromkeys(_in_order(modules, entry, ())))
    declared: dict[str, str] = {}
    for name in order:
        for word in _DECLARED.findall(modules[name]):
            if word in declared:
                raise ValueError(f"{name} and {declared[word]} both declare {word}")
            declared[word] = name
    return "\n".join(f"// {name}\n{_plain(modules[name], name)}" for name in order)


def _in_order(modules: Mapping[str, str], name: str, path: tuple[str, ...]) -> Iterator[str]:
    if name in path:
        raise ValueError(f"modules import each other: {' > '.join((*path, name))}")
    for words, imported in _IMPORT.findall(modules[name]):
        if imported not in modules:
            raise ValueError(f"{name} imports {imported}, which is not there")
        exported = set(_EXPORTED.findall(modules[imported]))
        for word in filter(None, (word.strip() for word in words.split(","))):
            if word not in exported:
                raise ValueError(f"{name} imports {word}, which {imported} does not export")
        yield from _in_order(modules, imported, (*path, name))
    yield name


def _plain(source: str, name: str) -> str:
    plain = _EXPORT.sub("", _IMPORT.sub("", source)).strip() + "\n"
    if left := _LEFT.search(plain):
        raise ValueError(f"{name}: only plain imports and exports can be joined: {left[0].strip()}")
    return plain
