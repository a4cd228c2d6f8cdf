"""Makes the page: one HTML file with its style, scripts and data, that loads nothing but images.

Text from the API is data only: it is embedded as JSON without a ``<`` and reaches the page by
``textContent``. The content security policy allows the page's own scripts and style by their hash.
"""

import base64
import hashlib
import re
from functools import cache
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Template

import msgspec

from dlt_ingestion.report.model import Report
from dlt_ingestion.report.modules import join

_ENTRY = "main.js"
CHART_FILE = "chart.umd.min.js"
# What would end a script element early, or start what only another "-->" ends:
# https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
_ENDS_SCRIPT = re.compile(r"</script|</style|<!--", re.I)
_ESCAPES: dict[str, str | int | None] = {
    "<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029",
}  # fmt: skip


def render(report: Report) -> str:
    """The page, as text to be written in UTF-8."""
    style, chart, application = _style(), _chart(), _application()
    policy = "; ".join(
        [
            "default-src 'none'",
            "img-src https: data:",
            f"style-src {_hash(style)}",
            f"script-src {_hash(chart)} {_hash(application)}",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return Template(_asset("page.html")).substitute(
        policy=escape(policy),
        style=style,
        chart=chart,
        application=application,
        data=embedded(report),
    )


def embedded(report: Report) -> str:
    """The report as JSON that may stand within a script element."""
    text = msgspec.json.encode(report).decode()
    return text.translate(str.maketrans(_ESCAPES))


@cache
def _style() -> str:
    return _checked("style.css", _asset("style.css"))


@cache
def _chart() -> str:
    text = (_package() / "vendor" / CHART_FILE).read_text(encoding="utf-8")
    # The map of its source is not here, and the page must not ask for it.
    return _checked(CHART_FILE, re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.M))


@cache
def _application() -> str:
    modules = {
        item.name: item.read_text(encoding="utf-8")
        for item in (_package() / "assets").iterdir()
        if item.name.endswith(".js")
    }
    return _checked(_ENTRY, join(modules, _ENTRY))


def _checked(name: str, text: str) -> str:
    if found := _ENDS_SCRIPT.search(text):
        raise ValueError(f"{name} has {found[0]!r}, which would end its element in the page")
    return f"\n{text}"


def _asset(name: str) -> str:
    return (_package() / "assets" / name).read_text(encoding="utf-8")


def _package() -> Traversable:
    return files("dlt_ingestion.report")


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
