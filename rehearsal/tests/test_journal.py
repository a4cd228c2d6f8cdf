from datetime import UTC, datetime, timedelta

import pytest

from rehearsal.clock import Clock, rfc3339
from rehearsal.documents import Document
from rehearsal.journal import RETENTION, Journal
from rehearsal.store import Store

NOW = datetime(2026, 1, 5, tzinfo=UTC)
LOG = "projects/demo/logs/x"


def journal() -> Journal:
    return Journal(Store(), Clock(source=lambda: NOW))


def write(to: Journal, text: str, moment: datetime, log: str = LOG) -> None:
    to.write({"logName": log, "textPayload": text, "timestamp": rfc3339(moment)})


def texts(entries: list[Document]) -> list[str]:
    return [entry["textPayload"] for entry in entries]


def test_an_entry_gets_its_time_its_id_and_a_severity() -> None:
    kept = journal()
    kept.write({"logName": LOG, "textPayload": "x"})
    (entry,) = kept.between(NOW, NOW + timedelta(seconds=1))
    assert entry["timestamp"] == entry["receiveTimestamp"] == rfc3339(NOW)
    assert (entry["severity"], len(entry["insertId"])) == ("DEFAULT", 16)


def test_entries_are_in_the_order_of_their_time_and_then_of_their_writing() -> None:
    kept = journal()
    for text, seconds in (("c", 2), ("a", 1), ("d", 2), ("b", 1)):
        write(kept, text, NOW - timedelta(hours=1) + timedelta(seconds=seconds))
    assert texts(kept.between(NOW - timedelta(hours=2), NOW)) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_scan_gives_the_same_entries_as_a_range(newest_first: bool) -> None:
    kept = journal()
    for hours in (0, 1, 2, 50, 700):
        write(kept, str(hours), NOW - timedelta(hours=hours))
    start, end = NOW - timedelta(days=40), NOW + timedelta(seconds=1)
    scanned = [entry for _, entry in kept.scan(start, end, newest_first=newest_first)]
    expected = kept.between(start, end)
    assert scanned == (expected[::-1] if newest_first else expected)


def test_entries_are_gone_after_thirty_days() -> None:
    clock = Clock(source=lambda: NOW)
    kept = Journal(Store(), clock)
    write(kept, "x", NOW)
    clock.advance(RETENTION + timedelta(seconds=1))
    assert kept.between(NOW, clock.now()) == []


def test_a_log_is_deleted_with_its_entries_only() -> None:
    kept = journal()
    write(kept, "a", NOW)
    write(kept, "b", NOW, f"{LOG}-2")
    assert kept.log_names("projects/demo") == [LOG, f"{LOG}-2"]
    assert kept.delete_log(LOG)
    assert not kept.delete_log(LOG)
    assert kept.log_names("projects/demo") == [f"{LOG}-2"]
    assert texts(kept.between(NOW, NOW + timedelta(seconds=1))) == ["b"]


def test_followers_see_each_entry_as_it_is_kept() -> None:
    kept, seen = journal(), list[Document]()
    kept.followers.append(seen.append)
    write(kept, "x", NOW)
    assert seen == kept.between(NOW, NOW + timedelta(seconds=1))


def test_the_newest_of_many_are_read_without_reading_all(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = journal()
    for minutes in range(2000):
        write(kept, str(minutes), NOW - timedelta(minutes=minutes))
    read = 0
    found = kept._range

    def counted(start: datetime, end: datetime) -> list[tuple[str, Document]]:
        nonlocal read
        entries = found(start, end)
        read += len(entries)
        return entries

    monkeypatch.setattr(kept, "_range", counted)
    scan = kept.scan(NOW - timedelta(days=30), NOW + timedelta(seconds=1), newest_first=True)
    assert [next(scan)[1]["textPayload"] for _ in range(50)] == [str(n) for n in range(50)]
    assert read < 200
