"""The bindings of a deployed system: found on every resource, taken away and given back by REST."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

type Document = dict[str, Any]

_ROLE_OF_ACCESS = {
    "OWNER": "roles/bigquery.dataOwner",
    "WRITER": "roles/bigquery.dataEditor",
    "READER": "roles/bigquery.dataViewer",
}

_VERSION = 3  # of policies: with the conditions of their bindings


@dataclass(frozen=True, order=True)
class Binding:
    """A role that a member has on a resource. ``resource``: ``secret dog-api-key``."""

    member: str
    resource: str
    role: str

    @property
    def who(self) -> str:
        """The member as people say it: an account's name, or what a federated identity is."""
        kind, _, name = self.member.partition(":")
        if kind == "principalSet":
            return name[name.index("/attribute.") + 1 :]
        return name.split("@")[0]


@dataclass(frozen=True)
class Policy:
    """Where a resource's policy is read and written."""

    resource: str
    read: Callable[[], Document]
    write: Callable[[Document], Document]

    def bindings(self) -> Iterator[Binding]:
        """All that it grants, a member at a time."""
        for binding in self.read().get("bindings", ()):
            for member in binding["members"]:
                yield Binding(member, self.resource, binding["role"])

    @contextmanager
    def without(self, binding: Binding) -> Iterator[None]:
        """Inside, the policy lacks the binding; then it is added to what the policy is by then."""
        taken = self._take(binding)
        try:
            yield
        finally:
            self._give(taken, binding.member)

    def _take(self, binding: Binding) -> Document:
        policy = self.read()
        for one in policy["bindings"]:
            if one["role"] == binding.role and binding.member in one["members"]:
                one["members"].remove(binding.member)
                policy["bindings"] = [left for left in policy["bindings"] if left["members"]]
                self.write(policy)
                return dict(one)
        raise LookupError(f"{binding} is not in the policy of {self.resource}")

    def _give(self, taken: Document, member: str) -> None:
        policy = self.read()
        policy.setdefault("bindings", []).append(taken | {"members": [member]})
        self.write(policy)


@dataclass(frozen=True)
class Cloud:
    """Google's APIs as a project's owner. ``http`` carries the owner's credentials."""

    http: httpx.Client
    project: str
    region: str

    def project_policy(self) -> Policy:
        """Of the project."""
        address = f"https://cloudresourcemanager.googleapis.com/v1/projects/{self.project}"
        options = {"options": {"requestedPolicyVersion": _VERSION}}
        return Policy(
            f"project {self.project}",
            lambda: self._call("POST", f"{address}:getIamPolicy", options),
            lambda policy: self._set(address, policy),
        )

    def account_policies(self) -> Iterator[Policy]:
        """Of each service account."""
        base = f"https://iam.googleapis.com/v1/projects/{self.project}/serviceAccounts"
        for account in self._get(base).get("accounts", ()):
            email = account["email"]
            yield self._policy(f"service account {email.split('@')[0]}", f"{base}/{email}", "POST")

    def secret_policies(self) -> Iterator[Policy]:
        """Of each secret."""
        base = f"https://secretmanager.googleapis.com/v1/projects/{self.project}/secrets"
        for secret in self._get(base).get("secrets", ()):
            name = secret["name"].rpartition("/")[2]
            yield self._policy(f"secret {name}", f"{base}/{name}")

    def repository_policies(self) -> Iterator[Policy]:
        """Of each repository in the region."""
        base = "https://artifactregistry.googleapis.com/v1"
        place = f"projects/{self.project}/locations/{self.region}/repositories"
        for repository in self._get(f"{base}/{place}").get("repositories", ()):
            name = repository["name"]
            yield self._policy(f"repository {name.rpartition('/')[2]}", f"{base}/{name}")

    def job_policies(self) -> Iterator[Policy]:
        """Of each Cloud Run job in the region."""
        base = "https://run.googleapis.com/v2"
        place = f"projects/{self.project}/locations/{self.region}/jobs"
        for job in self._get(f"{base}/{place}").get("jobs", ()):
            yield self._policy(f"job {job['name'].rpartition('/')[2]}", f"{base}/{job['name']}")

    def bucket_policies(self) -> Iterator[Policy]:
        """Of each bucket."""
        base = "https://storage.googleapis.com/storage/v1/b"
        for bucket in self._get(f"{base}?project={self.project}").get("items", ()):
            yield self._bucket(bucket["name"], f"{base}/{bucket['name']}/iam")

    def dataset_policies(self) -> Iterator[Policy]:
        """Of each dataset, whose access entries are read and written as bindings."""
        base = f"https://bigquery.googleapis.com/bigquery/v2/projects/{self.project}/datasets"
        for dataset in self._get(base).get("datasets", ()):
            name = dataset["datasetReference"]["datasetId"]
            yield self._dataset(name, f"{base}/{name}")

    def policies(self) -> Iterator[Policy]:
        """Of everything that has one."""
        yield self.project_policy()
        yield from self.account_policies()
        yield from self.secret_policies()
        yield from self.repository_policies()
        yield from self.bucket_policies()
        yield from self.dataset_policies()
        yield from self.job_policies()

    def _policy(self, resource: str, address: str, read: str = "GET") -> Policy:
        asked = f"{address}:getIamPolicy?options.requestedPolicyVersion={_VERSION}"
        return Policy(
            resource,
            lambda: self._call(read, asked),
            lambda policy: self._set(address, policy),
        )

    def _set(self, address: str, policy: Document) -> Document:
        body = {"policy": policy | {"version": _VERSION}}
        return self._call("POST", f"{address}:setIamPolicy", body)

    def _bucket(self, name: str, address: str) -> Policy:
        return Policy(
            f"bucket {name}",
            lambda: self._get(f"{address}?optionsRequestedPolicyVersion={_VERSION}"),
            lambda policy: self._call("PUT", address, policy | {"version": _VERSION}),
        )

    def _dataset(self, name: str, address: str) -> Policy:
        return Policy(
            f"dataset {name}",
            lambda: _bindings_of(self._get(address)),
            lambda policy: self._call("PATCH", address, _access_of(policy)),
        )

    def _get(self, address: str) -> Document:
        return self._call("GET", address)

    def _call(self, method: str, address: str, body: Document | None = None) -> Document:
        answer = self.http.request(method, address, json=body)
        if answer.is_error:
            raise RuntimeError(f"{method} {address}: {answer.status_code} {answer.text}")
        document: Document = answer.json()
        return document


def client_of(environment: Mapping[str, str]) -> httpx.Client:
    """A client with the proxy, the authorities and the credentials of a rehearsal's environment."""
    token = Path(environment["CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"]).read_text(encoding="utf-8")
    return httpx.Client(
        proxy=environment["HTTPS_PROXY"],
        verify=ssl.create_default_context(cafile=environment["SSL_CERT_FILE"]),
        headers={"authorization": f"Bearer {token.strip()}"},
        timeout=60,
    )


def _bindings_of(dataset: Document) -> Document:
    """The access entries of accounts, as a policy; groups of the project's own roles are left."""
    bindings, rest = [], []
    for entry in dataset["access"]:
        if "userByEmail" in entry:
            role = _ROLE_OF_ACCESS.get(entry["role"], entry["role"])
            member = f"serviceAccount:{entry['userByEmail']}"
            bindings.append({"role": role, "members": [member]})
        else:
            rest.append(entry)
    return {"bindings": bindings, "rest": rest}


def _access_of(policy: Document) -> Document:
    entries = [
        {"role": binding["role"], "userByEmail": member.partition(":")[2]}
        for binding in policy["bindings"]
        for member in binding["members"]
    ]
    return {"access": entries + policy["rest"]}
