"""Every alert of the runbook: brought about, told to the right people, and led back from."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from tests.e2e.deployment import REGION, TRIGGER
from tests.guide.document import Section
from tests.guide.pages import ALERTS, DEPLOYING
from tests.guide.person import Person
from tests.guide.provocations import fewer_breeds

EMAIL = "on-call@example.com"
PARTS = ("**What it means.**", "**First command.**", "**Decision.**", "**The way back.**")


@contextmanager
def a_key_that_is_refused(person: Person) -> Iterator[None]:
    person.deployment.rehearsal.ask("dog-api", {"keys": []})
    try:
        assert person.deployment.execute().returncode == 1
    finally:
        # By the time that somebody has made a new key.
        person.deployment.rehearsal.ask("dog-api", {"keys": None})
    yield


@contextmanager
def a_trigger_that_was_paused(person: Person) -> Iterator[None]:
    person.deployment.ok("gcloud", "scheduler", "jobs", "pause", TRIGGER, f"--location={REGION}",
                         "--quiet")  # fmt: skip
    person.deployment.own("clock", "advance", "10d")
    yield


@contextmanager
def half_of_the_list(person: Person) -> Iterator[None]:
    with fewer_breeds(person, 36):
        assert person.deployment.execute().returncode == 1
        yield


@contextmanager
def nothing(_: Person) -> Iterator[None]:
    """The rehearsal measures no memory, so this alert can't be provoked; its commands run."""
    yield


SCENES: dict[str, Callable[[Person], AbstractContextManager[None]]] = {
    "failed-execution": a_key_that_is_refused,
    "no-success-for-8-days": a_trigger_that_was_paused,
    "failed-audit": half_of_the_list,
    "memory-near-limit": nothing,
}


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    assert [alert.anchor for alert in ALERTS] == list(SCENES)
    for alert in ALERTS:
        places = [alert.prose.index(part) for part in PARTS]
        assert places == sorted(places), alert.title


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.anchor)
def test_an_alert_leads_to_its_page_and_the_page_back(alert: Section, person: Person) -> None:
    person.follow_up_to(DEPLOYING[-1], DEPLOYING)
    with SCENES[alert.anchor](person):
        person.deployment.own("clock", "advance", "15m")
        if SCENES[alert.anchor] is not nothing:
            assert EMAIL in told(person, alert.anchor)
        for step in alert.steps():
            person.follow(step)
    assert person.deployment.execute().returncode == 0
    assert len(person.deployment.breeds()) == 72


def told(person: Person, anchor: str) -> list[str]:
    """To whom the newest incident was sent whose message points to this part of the page."""
    alerts: dict[str, Any] = json.loads(person.deployment.own("alerts", "--format=json"))
    assert alerts["not_evaluated"] == []
    opened = [one for one in alerts["incidents"] if one["state"] == "OPEN"]
    page = f"runbook.md#{anchor}"
    about = [one for one in opened if all(mail["text"].endswith(page) for mail in one["sent"])]
    assert about, opened
    return [mail["to"] for mail in about[-1]["sent"]]
