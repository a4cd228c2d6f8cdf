"""Who calls: a member as IAM policies name it, and the sets that it belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Principal:
    """``member``: ``user:EMAIL``, ``serviceAccount:EMAIL``, ``principal://iam.googleapis.com/...``.

    ``sets``: the ``principalSet://...`` that a federated identity belongs to.
    """

    member: str
    sets: frozenset[str] = frozenset()

    @property
    def email(self) -> str:
        """The address, for users and service accounts; the whole name of others."""
        kind, _, rest = self.member.partition(":")
        return rest if kind in {"user", "serviceAccount"} else self.member

    @property
    def is_service_account(self) -> bool:
        """Whether it is a service account."""
        return self.member.startswith("serviceAccount:")


ANONYMOUS = Principal("anonymous")
"""Who bears no token."""
