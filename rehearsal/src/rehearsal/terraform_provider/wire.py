"""The plugin protocol on the wire: values as msgpack, schemas and diagnostics as messages."""

import json
from collections.abc import Sequence
from typing import Any

import msgpack
from tf.gen import tfplugin_pb2 as pb

from rehearsal.terraform_provider.schema import Attribute, Block, Nested
from rehearsal.terraform_provider.values import UNKNOWN, Path, Step, Unknown

_WRITE_ONLY = b"\x58\x01"
"""Field 11 of Schema.Attribute, true: newer than the library's messages.

https://github.com/hashicorp/terraform/blob/main/docs/plugin-protocol/tfplugin6.proto
"""
_NESTING = {"single": 1, "list": 2, "set": 3}


def decoded(value: pb.DynamicValue) -> Any:
    """A value; None if there is none."""
    if value.msgpack:
        return msgpack.unpackb(value.msgpack, strict_map_key=False, ext_hook=_extension)
    return json.loads(value.json) if value.json else None


def encoded(value: Any) -> pb.DynamicValue:
    """A value, for Terraform."""
    return pb.DynamicValue(msgpack=msgpack.packb(value, default=_unknown))


def _extension(_code: int, _data: bytes) -> Unknown:
    """Every extension is an unknown value; some tell what it won't be, which is of no use here."""
    return UNKNOWN


def _unknown(value: Any) -> msgpack.ExtType:
    if isinstance(value, Unknown):
        return msgpack.ExtType(0, b"\0")
    raise TypeError(f"Terraform has no value like {value!r}")


def schema_message(block: Block, version: int = 0) -> pb.Schema:
    """A resource's schema."""
    return pb.Schema(version=version, block=_block_message(block))


def _block_message(block: Block) -> pb.Schema.Block:
    return pb.Schema.Block(
        attributes=[_attribute_message(*one) for one in sorted(block.attributes(), key=_by_name)],
        block_types=[_nested_message(*one) for one in sorted(block.blocks(), key=_by_name)],
    )


def _by_name(pair: tuple[str, Any]) -> str:
    return pair[0]


def _attribute_message(name: str, attribute: Attribute) -> pb.Schema.Attribute:
    message = pb.Schema.Attribute(
        name=name,
        type=json.dumps(attribute.type).encode(),
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        sensitive=attribute.sensitive,
    )
    if attribute.write_only:
        message.MergeFromString(_WRITE_ONLY)
    return message


def _nested_message(name: str, nested: Nested) -> pb.Schema.NestedBlock:
    return pb.Schema.NestedBlock(
        type_name=name,
        block=_block_message(nested.block),
        nesting=_NESTING[nested.nesting],
        min_items=nested.min_items,
        max_items=nested.max_items,
    )


def path_message(path: Path) -> pb.AttributePath:
    """Where an attribute is."""
    return pb.AttributePath(steps=[_step(step) for step in path])


def _step(step: Step) -> pb.AttributePath.Step:
    if isinstance(step, int):
        return pb.AttributePath.Step(element_key_int=step)
    return pb.AttributePath.Step(attribute_name=step)


def error(summary: str, detail: str = "", path: Path = ()) -> pb.Diagnostic:
    """An error that Terraform shows with the resource's file and line."""
    return pb.Diagnostic(
        severity=pb.Diagnostic.ERROR,
        summary=summary,
        detail=detail,
        attribute=path_message(path) if path else None,
    )


def errors(problems: Sequence[tuple[Path, str]]) -> list[pb.Diagnostic]:
    """Several of them."""
    return [error(text, path=path) for path, text in problems]
