"""Takes each IAM binding away, and looks at what fails; writes docs/permissions.md.

With ``--only TEXT`` it tries the bindings that have the text in them, and writes nothing.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from proof.bindings import Binding, Cloud, Policy, client_of
from proof.deployment import DEPLOYER, PROJECT, REGION, REPOSITORY, Deployment, RefusedError
from proof.page import Failure, Proof, page
from proof.reasons import REASONS
from proof.trials import TRIALS
from tests.running import rehearsal_up
from tests.terraform import terraform_folder

PAGE = REPOSITORY / "docs" / "permissions.md"


def main() -> None:
    """Proves them all; SystemExit if one is not needed, or the whole does not work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT")
    only = parser.parse_args().only
    with (
        tempfile.TemporaryDirectory(prefix="rehearsal-proof-") as folder,
        rehearsal_up(Path(folder, "state"), project=PROJECT) as rehearsal,
    ):
        deployment = Deployment(rehearsal, terraform_folder(Path(folder)))
        with client_of(rehearsal.environment()) as client:
            found = list(prove(deployment, Cloud(client, PROJECT, REGION), only))
    needless = [one.binding for one in found if not one.failed]
    if not only:
        PAGE.write_text(page(found), encoding="utf-8")
    if needless:
        raise SystemExit("nothing fails without:\n" + "\n".join(str(one) for one in needless))


def prove(deployment: Deployment, cloud: Cloud, only: str) -> Iterator[Proof]:
    """The proof of each binding, in a system that is made for it and works.

    Raises:
        RefusedError: with all bindings, something does not work: they are not sufficient.
    """
    deployment.make()
    deployment.apply(DEPLOYER)
    for trials in TRIALS.values():
        for trial in trials:
            _say(f"with all bindings: {trial.what}")
            trial.attempt(deployment)
    for policy in list(cloud.policies()):
        for binding in list(policy.bindings()):
            if binding.who in TRIALS and only in str(binding):
                yield _proof(deployment, policy, binding)


def _proof(deployment: Deployment, policy: Policy, binding: Binding) -> Proof:
    with policy.without(binding):
        failed = _first_failure(deployment, binding)
    # What a refused apply left half done is finished, with the binding back.
    deployment.apply(DEPLOYER)
    _say(f"without {binding.role} of {binding.who} on {binding.resource}: "
         f"{failed.trial if failed else 'NOTHING FAILS'}")  # fmt: skip
    return Proof(binding, REASONS[binding.who, binding.role], failed)


def _first_failure(deployment: Deployment, binding: Binding) -> Failure | None:
    for trial in TRIALS[binding.who]:
        try:
            trial.attempt(deployment)
        except RefusedError as refused:
            return Failure(trial.what, str(refused))
    return None


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
