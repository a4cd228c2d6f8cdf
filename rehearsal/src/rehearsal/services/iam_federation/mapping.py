"""From the claims of a foreign token to an identity of a pool: mapping and condition of a provider.

https://cloud.google.com/iam/docs/workload-identity-federation#mapping
"""

import re
from dataclasses import dataclass
from typing import Any

from rehearsal.documents import Document
from rehearsal.errors import ApiError, invalid_argument
from rehearsal.services.iam_federation.expressions import Expression, ExpressionError

_CUSTOM = re.compile(r"attribute\.[a-z0-9_]{1,100}")
_KNOWN = {"google.subject", "google.groups", "google.display_name", "google.posix_username"}
_MOST_CUSTOM = 50
_LONGEST_EXPRESSION = 2048
_LONGEST_CONDITION = 4096
_LONGEST_SUBJECT_BYTES = 127
_SHARED_ISSUERS = ("https://token.actions.githubusercontent.com", "https://gitlab.com",
                   "https://app.terraform.io")  # fmt: skip
_MUST_RESTRICT = (
    "The attribute condition must reference one of the provider's claims. For more information,"
    " see https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines"
    "#conditions"
)


class MappingError(Exception):
    """Claims that give no identity; the message is for the one who asked."""


class RejectedError(MappingError):
    """Claims that the condition rejects."""


@dataclass(frozen=True)
class Identity:
    """Who a foreign token is, in a pool."""

    subject: str
    groups: tuple[str, ...]
    attributes: dict[str, str]


def check(provider: Document) -> None:
    """Refuses a provider whose mapping or condition can't be.

    Raises:
        ApiError: 400.
    """
    mapping = provider.get("attributeMapping", {})
    if "google.subject" not in mapping:
        raise _refusal("attribute_mapping", "The attribute mapping must map google.subject.")
    if sum(name.startswith("attribute.") for name in mapping) > _MOST_CUSTOM:
        raise _refusal("attribute_mapping", "At most 50 custom attributes can be mapped.")
    for name, text in mapping.items():
        _check_mapped(name, text)
    _check_condition(provider)


def _check_mapped(name: str, text: str) -> None:
    if name not in _KNOWN and _CUSTOM.fullmatch(name) is None:
        raise _refusal("attribute_mapping", f"Invalid target attribute: {name}.")
    if len(text) > _LONGEST_EXPRESSION:
        raise _refusal("attribute_mapping", f"The mapping of {name} exceeds 2048 characters.")
    try:
        Expression(text, ("assertion",))
    except ExpressionError as error:
        why = f"Error in attribute mapping {name}: {error}"
        raise _refusal("attribute_mapping", why) from error


def _check_condition(provider: Document) -> None:
    text = provider.get("attributeCondition", "")
    if len(text) > _LONGEST_CONDITION:
        raise _refusal("attribute_condition", "The condition exceeds 4096 characters.")
    try:
        condition = Expression(text, ("assertion", "google", "attribute")) if text else None
    except ExpressionError as error:
        why = f"Error in attribute condition: {error}"
        raise _refusal("attribute_condition", why) from error
    issuer = provider.get("oidc", {}).get("issuerUri", "")
    if issuer.startswith(_SHARED_ISSUERS) and not (condition and condition.names):
        raise invalid_argument(_MUST_RESTRICT)


def identify(provider: Document, claims: Document) -> Identity:
    """The identity that a provider makes of claims.

    Raises:
        RejectedError: the condition does not hold for them.
        MappingError: a mapped attribute has no value, or one that can't be.
    """
    mapped = {
        name: _mapped(name, text, claims) for name, text in provider["attributeMapping"].items()
    }
    subject, groups = mapped.get("google.subject", ""), mapped.get("google.groups", [])
    attributes = {
        name.removeprefix("attribute."): value
        for name, value in mapped.items()
        if name.startswith("attribute.")
    }
    if not isinstance(subject, str) or not subject:
        raise MappingError("The mapped attribute google.subject must be a non-empty string.")
    if len(subject.encode()) > _LONGEST_SUBJECT_BYTES:
        raise MappingError(
            "The size of mapped attribute google.subject exceeds the 127 bytes limit. Either modify"
            " your attribute mapping or the incoming assertion to produce a mapped attribute that"
            " is less than 127 bytes."
        )
    google = {"subject": subject, "groups": groups}
    _require_condition(provider, {"assertion": claims, "google": google, "attribute": attributes})
    return Identity(subject, tuple(groups), attributes)


def _mapped(name: str, text: str, claims: Document) -> Any:
    try:
        value = Expression(text, ("assertion",)).value({"assertion": claims})
    except ExpressionError as error:
        raise MappingError(f"The mapped attribute {name} has no value: {error}") from error
    if name == "google.groups":
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]
    if not isinstance(value, str):
        raise MappingError(f"The mapped attribute {name} must be of type STRING.")
    return value


def _require_condition(provider: Document, variables: dict[str, Any]) -> None:
    text = provider.get("attributeCondition", "")
    if not text:
        return
    try:
        holds = Expression(text, variables).value(variables)
    except ExpressionError:
        holds = False
    if holds is not True:
        raise RejectedError("The given credential is rejected by the attribute condition.")


def _refusal(field: str, why: str) -> ApiError:
    return invalid_argument(why, (f"workload_identity_pool_provider.{field}", why))
