"""Google's own client of Secret Manager, unmodified, over REST."""

from datetime import timedelta

import google_crc32c
import pytest
from google.api_core.exceptions import BadRequest, FailedPrecondition, NotFound
from google.cloud import secretmanager_v1
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
    SecretManagerServiceRestTransport,
)
from google.oauth2.credentials import Credentials

from rehearsal.identity.principal import Principal
from tests.client import OWNER, Client
from tests.google_clients import InMemory

PARENT = "projects/demo"
VALUE = b"live_value"


@pytest.fixture
def google() -> secretmanager_v1.SecretManagerServiceClient:
    client = Client()
    token = client.cloud.tokens.issue(Principal(OWNER), timedelta(days=1))
    credentials = Credentials(token)  # type: ignore[no-untyped-call]
    transport = SecretManagerServiceRestTransport(credentials=credentials)
    transport._session.mount("https://", InMemory(client))
    return secretmanager_v1.SecretManagerServiceClient(transport=transport)


def test_a_secret_from_its_making_to_its_end(
    google: secretmanager_v1.SecretManagerServiceClient,
) -> None:
    replication = secretmanager_v1.Replication(automatic=secretmanager_v1.Replication.Automatic())
    secret = google.create_secret(
        parent=PARENT,
        secret_id="dog-api-key",
        secret=secretmanager_v1.Secret(replication=replication, labels={"env": "demo"}),
    )
    payload = secretmanager_v1.SecretPayload(data=VALUE, data_crc32c=google_crc32c.value(VALUE))
    version = google.add_secret_version(parent=secret.name, payload=payload)
    assert version.client_specified_payload_checksum
    latest = f"{secret.name}/versions/latest"
    accessed = google.access_secret_version(name=latest)
    assert (accessed.name, accessed.payload) == (version.name, payload)
    google.disable_secret_version(name=version.name)
    with pytest.raises((BadRequest, FailedPrecondition), match="is in DISABLED state"):
        google.access_secret_version(name=latest)
    secret.labels["env"] = "test"
    changed = google.update_secret(secret=secret, update_mask={"paths": ["labels"]})
    assert dict(changed.labels) == {"env": "test"}
    assert [one.name for one in google.list_secrets(parent=PARENT)] == [secret.name]
    assert [one.name for one in google.list_secret_versions(parent=secret.name)] == [version.name]
    google.destroy_secret_version(name=version.name)
    google.delete_secret(name=secret.name)
    with pytest.raises(NotFound):
        google.get_secret(name=secret.name)
