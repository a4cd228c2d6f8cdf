"""Keys of service accounts that their users have: the private half is given once, kept nowhere.

https://cloud.google.com/iam/docs/keys-create-delete
"""

import base64
from urllib.parse import quote

from rehearsal.api.call import Call
from rehearsal.documents import Document, encode
from rehearsal.errors import failed_precondition, invalid_argument, not_found, not_here
from rehearsal.identity.accounts import KEYS
from rehearsal.services.iam_accounts.accounts import require_account
from rehearsal.services.iam_accounts.definition import API, service
from rehearsal.services.iam_accounts.pairs import HALVES, Made, make

KIND = KEYS
_MOST_KEYS = 10
_USUAL_FORMS = {
    "privateKeyType": ("TYPE_UNSPECIFIED", "TYPE_GOOGLE_CREDENTIALS_FILE"),
    "keyAlgorithm": ("KEY_ALG_UNSPECIFIED", "KEY_ALG_RSA_2048"),
}
_PREFIX = "iam.projects.serviceAccounts.keys"
_SOURCE = "https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys"


@service.method(*API, f"{_PREFIX}.create", source=_SOURCE)
def create_key(call: Call) -> Document:
    """Makes a pair; the private half is in this answer and nowhere else."""
    account = require_account(call)
    _require_usual_form(call)
    _require_room(call, account)
    made = make(account, "USER_MANAGED", call.now)
    call.cloud.store.put(KIND, made.document["name"], made.document)
    file = _credentials_file(account, made)
    return _shown(made.document) | {
        "privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE",
        "privateKeyData": base64.b64encode(file).decode(),
    }


def _require_usual_form(call: Call) -> None:
    for field, forms in _USUAL_FORMS.items():
        if call.body.get(field, forms[0]) not in forms:
            raise not_here(f"The rehearsal makes keys with {field} {forms[-1]} only.")


def _require_room(call: Call, account: Document) -> None:
    """The words and the limit: https://cloud.google.com/iam/quotas"""
    kept = call.cloud.store.list(KIND, f"{account['name']}/")
    if sum(key["keyType"] == "USER_MANAGED" for _, key in kept) >= _MOST_KEYS:
        raise failed_precondition("Precondition check failed.")


def _credentials_file(account: Document, made: Made) -> bytes:
    address = quote(account["email"], safe="")
    return encode(
        {
            "type": "service_account",
            "project_id": account["projectId"],
            "private_key_id": made.key_id,
            "private_key": made.private_key,
            "client_email": account["email"],
            "client_id": account["uniqueId"],
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": "https://oauth2.googleapis.com/token",
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "client_x509_cert_url": f"https://www.googleapis.com/robot/v1/metadata/x509/{address}",
            "universe_domain": "googleapis.com",
        }
    )


@service.method(*API, f"{_PREFIX}.list", source=_SOURCE)
def list_keys(call: Call) -> Document:
    """The keys of an account, of the types that are asked for, or of all."""
    account, types = require_account(call), call.query.get("keyTypes")
    found = [
        _shown(one)
        for _, one in call.cloud.store.list(KIND, f"{account['name']}/")
        if not types or one["keyType"] in types
    ]
    return {"keys": found} if found else {}


@service.method(*API, f"{_PREFIX}.get", source=_SOURCE)
def get_key(call: Call) -> Document:
    """A key, with its public half if that is asked for."""
    key = _require_key(call)
    if call.parameter("publicKeyType") == "TYPE_RAW_PUBLIC_KEY":
        return _shown(key) | {"publicKeyData": _base64(key["publicKey"])}
    if call.parameter("publicKeyType") == "TYPE_X509_PEM_FILE":
        return _shown(key) | {"publicKeyData": _base64(key["certificate"])}
    return _shown(key)


@service.method(*API, f"{_PREFIX}.delete", source=_SOURCE)
def delete_key(call: Call) -> Document:
    """Deletes a key: assertions signed with it are refused from now on."""
    key = _require_key(call)
    if key["keyType"] == "SYSTEM_MANAGED":
        raise invalid_argument("A key that Google manages can't be deleted.")
    call.cloud.store.delete(KIND, key["name"])
    return {}


def _require_key(call: Call) -> Document:
    account = require_account(call)
    key_id = call.path["name"].rpartition("/")[2]
    key = call.cloud.store.get(KIND, f"{account['name']}/keys/{key_id}")
    if key is None:
        raise not_found(f"Service account key {key_id} does not exist.")
    return key


def _shown(key: Document) -> Document:
    return {name: value for name, value in key.items() if name not in HALVES}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
