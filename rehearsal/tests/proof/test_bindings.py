"""Taking one binding away, and giving it back to what the policy has become meanwhile."""

from typing import Any

from proof.bindings import Binding, Policy
from proof.page import Failure

ROLE = "roles/run.invoker"


class Kept:
    """A policy as a server keeps it."""

    def __init__(self, *bindings: dict[str, Any]) -> None:
        self.bindings = list(bindings)

    def policy(self) -> Policy:
        return Policy("job one", self.read, self.write)

    def read(self) -> dict[str, Any]:
        return {"bindings": [one | {"members": list(one["members"])} for one in self.bindings]}

    def write(self, policy: dict[str, Any]) -> dict[str, Any]:
        self.bindings = policy["bindings"]
        return policy

    def members(self) -> set[tuple[str, str]]:
        return {(one["role"], member) for one in self.bindings for member in one["members"]}


def test_only_the_one_member_is_gone_inside_and_back_after() -> None:
    kept = Kept({"role": ROLE, "members": ["serviceAccount:a@p", "serviceAccount:b@p"]})
    before = kept.members()
    with kept.policy().without(Binding("serviceAccount:a@p", "job one", ROLE)):
        assert kept.members() == {(ROLE, "serviceAccount:b@p")}
    assert kept.members() == before


def test_what_came_meanwhile_stays() -> None:
    kept = Kept({"role": ROLE, "members": ["serviceAccount:a@p"]})
    with kept.policy().without(Binding("serviceAccount:a@p", "job one", ROLE)):
        kept.bindings.append({"role": "roles/run.viewer", "members": ["user:c@d"]})
    assert kept.members() == {(ROLE, "serviceAccount:a@p"), ("roles/run.viewer", "user:c@d")}


def test_a_condition_comes_back_with_its_binding() -> None:
    condition = {"expression": "true"}
    kept = Kept({"role": ROLE, "members": ["user:a@p"], "condition": condition})
    with kept.policy().without(Binding("user:a@p", "job one", ROLE)):
        assert kept.bindings == []
    assert kept.bindings == [{"role": ROLE, "members": ["user:a@p"], "condition": condition}]


def test_the_words_are_those_that_tell_why() -> None:
    printed = "Applying\n│ Error: googleapi: Error 403: Permission 'a.b' denied on 123456789012\n"
    message = Failure("`terraform apply`", printed).message
    assert message == "Error: googleapi: Error 403: Permission 'a.b' denied on PROJECT_NUMBER"
