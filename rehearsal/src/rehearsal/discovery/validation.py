"""Checks a request against its schema, and refuses as Google's JSON parser does.

What proto3's JSON form allows is allowed: snake_case names, numbers as strings, enum words in any
case, null for absent. The result has the names and forms of the schema.
https://protobuf.dev/programming-guides/json/
"""

import base64
import binascii
import math
import re
from collections.abc import Callable
from typing import Any

from rehearsal.discovery.description import Description
from rehearsal.documents import Document, encode
from rehearsal.errors import ApiError, invalid_argument

_SNAKE = re.compile(r"_([a-z0-9])")
_TAKING_SCALARS_FOR_STRINGS = {"bigquery", "storage"}
"""Google's clients send numbers as values of query parameters; the older APIs take them."""
_INTEGERS = {"int32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1),
             "int64": (-(2**63), 2**63 - 1), "uint64": (0, 2**64 - 1)}  # fmt: skip


def camel_case(name: str) -> str:
    """``update_mask`` as ``updateMask``; other names as they are."""
    return _SNAKE.sub(lambda found: found[1].upper(), name)


def validated(api: Description, schema: str, body: Document) -> Document:
    """The body as the schema wants it.

    Raises:
        ApiError: 400; all faults are named at once, with their places.
    """
    check = _Check(api)
    result = check.object(api.schemas[schema], body, "")
    if check.faults:
        raise _refusal(check.faults)
    return result


def validated_parameters(
    known: dict[str, Document], query: dict[str, list[str]]
) -> dict[str, list[str]]:
    """Query parameters with their names in the schema's form; unknown ones are passed on.

    Raises:
        ApiError: 400: a required one is missing, or one has the wrong type.
    """
    result: dict[str, list[str]] = {}
    for name, values in query.items():
        spelled = camel_case(name)
        result.setdefault(spelled if spelled in known else name, []).extend(values)
    faults = []
    for name, schema in known.items():
        if schema.get("location") != "query":
            continue
        if schema.get("required") and not result.get(name):
            raise invalid_argument(f"Required parameter: {name}", reason="required")
        for text in result.get(name, []):
            if not _fits(schema, text):
                kind = str(schema.get("format", schema["type"])).upper()
                faults.append((name, f"Invalid value at '{name}' (TYPE_{kind}), \"{text}\""))
    if faults:
        raise _refusal(faults)
    return result


def _fits(schema: Document, text: str) -> bool:
    if not text:
        return True
    if schema["type"] == "integer" or schema.get("format") in _INTEGERS:
        return re.fullmatch(r"-?\d+", text) is not None
    if schema["type"] == "boolean":
        return text.lower() in {"true", "false"}
    return True


def _refusal(faults: list[tuple[str, str]]) -> ApiError:
    return invalid_argument(
        "Invalid JSON payload received. " + "\n".join(text for _, text in faults)
        if any("Cannot find field" in text for _, text in faults)
        else "\n".join(text for _, text in faults),
        *faults,
    )


class _Check:
    """One walk through a body; ``faults`` are (field, what is wrong)."""

    def __init__(self, api: Description) -> None:
        self._schemas = api.schemas
        self._lenient = api.api in _TAKING_SCALARS_FOR_STRINGS
        self.faults: list[tuple[str, str]] = []

    def object(self, schema: Document, value: Document, place: str) -> Document:
        properties, result = schema.get("properties", {}), {}
        rest = schema.get("additionalProperties")
        for name, member in value.items():
            known = name if name in properties else camel_case(name)
            if known in properties:
                where = f"{place}.{name}" if place else name
                if member is not None:
                    result[known] = self.value(properties[known], member, where)
            elif rest is not None or not properties:
                where = f"{place}[{name}]"
                # In a map null stays: a patch takes the entry away by it.
                if rest is not None and member is not None:
                    member = self.value(rest, member, where)  # noqa: PLW2901 - as the schema has it
                result[name] = member
            elif not name.startswith("@"):
                self.unknown(name, place)
        return result

    def unknown(self, name: str, place: str) -> None:
        at = f" at '{place}'" if place else ""
        self.faults.append((place, f'Unknown name "{name}"{at}: Cannot find field.'))

    def value(self, schema: Document, value: Any, place: str) -> Any:
        if "$ref" in schema:
            return self.value({"type": "object"} | self._schemas[schema["$ref"]], value, place)
        check: Callable[[Document, Any, str], Any] | None = getattr(
            self, f"_{schema.get('type', 'any')}", None
        )
        return value if check is None else check(schema, value, place)

    def wrong(self, kind: str, value: Any, place: str) -> Any:
        text = f'"{value}"' if isinstance(value, str) else str(value)
        self.faults.append((place, f"Invalid value at '{place}' ({kind}), {text}"))
        return value

    def _object(self, schema: Document, value: Any, place: str) -> Any:
        if not isinstance(value, dict):
            return self.wrong(str(schema.get("id", "TYPE_MESSAGE")), value, place)
        return self.object(schema, value, place)

    def _array(self, schema: Document, value: Any, place: str) -> Any:
        # A single message where a list is wanted is taken as a list of one.
        items = value if isinstance(value, list) else [value]
        return [
            self.value(schema["items"], item, f"{place}[{index}]")
            for index, item in enumerate(items)
        ]

    def _boolean(self, _: Document, value: Any, place: str) -> Any:
        if value in ("true", "false"):
            return value == "true"
        return value if isinstance(value, bool) else self.wrong("TYPE_BOOL", value, place)

    def _integer(self, schema: Document, value: Any, place: str) -> Any:
        kind = schema.get("format", "int32")
        number = _integer(value)
        low, high = _INTEGERS.get(kind, (-math.inf, math.inf))
        if number is None or not low <= number <= high:
            return self.wrong(f"TYPE_{kind.upper()}", value, place)
        return number

    def _number(self, schema: Document, value: Any, place: str) -> Any:
        if isinstance(value, bool):
            return self.wrong("TYPE_DOUBLE", value, place)
        try:
            return value if isinstance(value, int | float) else float(value)
        except (TypeError, ValueError):
            return self.wrong(f"TYPE_{schema.get('format', 'double').upper()}", value, place)

    def _string(self, schema: Document, value: Any, place: str) -> Any:
        kind = schema.get("format")
        if kind in _INTEGERS:
            number = self._integer(schema, value, place)
            return str(number) if isinstance(number, int) else number
        if "enum" in schema:
            return self._word(schema, value, place)
        if not isinstance(value, str):
            if self._lenient and isinstance(value, int | float):
                return encode(value).decode()
            return self.wrong("TYPE_STRING", value, place)
        if kind == "byte" and not _is_base64(value):
            return self.wrong("TYPE_BYTES", value, place)
        return value

    def _word(self, schema: Document, value: Any, place: str) -> Any:
        words = schema["enum"]
        # Google's REST clients ask for numbers, and send them: the place of a word in its list.
        if type(value) is int and 0 <= value < len(words):
            return words[value]
        if isinstance(value, str):
            if value in words:
                return value
            if value.upper() in words:
                return value.upper()
        return self.wrong("TYPE_ENUM", value, place)


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"[+-]?\d{1,20}", value) else None
    return value if isinstance(value, int) else None


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4),
                         validate=True)  # fmt: skip
    except (binascii.Error, ValueError):
        return False
    return True
