"""How an exchange is refused: OAuth's words, and Google's descriptions where known.

https://www.rfc-editor.org/rfc/rfc8693#section-2.2.2,
https://github.com/google-github-actions/auth/issues/211 (audience),
https://github.com/google-github-actions/auth/issues/370 (target),
https://github.com/terraform-google-modules/terraform-example-foundation/issues/1362 (condition),
https://github.com/GoogleCloudPlatform/gcs-fuse-csi-driver/pull/1471 (issuer). The others are
unverified.
"""

from rehearsal.api.call import Answer


class ExchangeError(Exception):
    """An exchange that is refused."""

    def __init__(self, error: str, description: str, code: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.code = error, description, code

    def answer(self) -> Answer:
        """As OAuth has it: not in the envelope of Google's other APIs."""
        return Answer({"error": self.error, "error_description": self.description}, self.code)


def invalid_request(description: str) -> ExchangeError:
    """The request is not as it must be."""
    return ExchangeError("invalid_request", description)


def invalid_grant(description: str) -> ExchangeError:
    """The foreign token is not good."""
    return ExchangeError("invalid_grant", description)


def invalid_audience() -> ExchangeError:
    """The audience names no provider."""
    return invalid_request(
        'Invalid value for "audience". This value should be the full resource name of the Identity'
        " Provider. See https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token for"
        " the list of possible formats."
    )


def invalid_target() -> ExchangeError:
    """There is no such provider, or not now."""
    return ExchangeError(
        "invalid_target",
        'The target service indicated by the "audience" parameters is invalid. This might either'
        " be because the pool or provider is disabled or deleted or because it doesn't exist.",
    )


def unreachable_issuer() -> ExchangeError:
    """Nobody publishes the issuer's keys here."""
    return invalid_grant("Error connecting to the given credential's issuer.")


def rejected(description: str) -> ExchangeError:
    """The provider's condition does not hold."""
    return ExchangeError("unauthorized_client", description, 401)
