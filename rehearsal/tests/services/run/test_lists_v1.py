"""Label selectors as Kubernetes has them."""

import pytest

from rehearsal.errors import ApiError
from rehearsal.services.run.lists_v1 import selector

LABELS = {"run.googleapis.com/job": "ingest", "env": "demo"}


@pytest.mark.parametrize(
    "text",
    ["", "env", "env=demo", "env == demo", "run.googleapis.com/job = ingest", "env!=prod",
     "!other", "env in (demo, prod)", "env notin (prod)", "env=demo,other!=x,env in (a,demo)"],
)  # fmt: skip
def test_labels_are_selected(text: str) -> None:
    assert selector(text)(LABELS)


@pytest.mark.parametrize(
    "text",
    ["other", "env=prod", "env!=demo", "!env", "env in (prod)", "env notin (demo)",
     "env=demo,other=x"],
)  # fmt: skip
def test_labels_are_left_out(text: str) -> None:
    assert not selector(text)(LABELS)


def test_what_is_no_selector_is_refused() -> None:
    with pytest.raises(ApiError, match="unable to parse requirement"):
        selector("env in demo")
