from pathlib import Path

from rehearsal.services.storage.content import Contents


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    contents = Contents(tmp_path)
    assert contents.add([b"ab", b"c"]) == contents.add([b"abc"])
    assert len(list(tmp_path.iterdir())) == 1


def test_a_part_is_read_without_the_rest(tmp_path: Path) -> None:
    contents = Contents(tmp_path)
    blob = contents.add([b"0123456789"]).blob
    assert b"".join(contents.read(blob, 3, 4)) == b"3456"
    assert b"".join(contents.read(blob)) == b"0123456789"


def test_what_is_being_read_may_be_deleted(tmp_path: Path) -> None:
    contents = Contents(tmp_path)
    pieces = contents.read(contents.add([b"abc"]).blob)
    contents.keep_only(set())
    assert b"".join(pieces) == b"abc"


def test_what_was_never_finished_is_cleared_away(tmp_path: Path) -> None:
    contents = Contents(tmp_path)
    kept = contents.add([b"abc"]).blob
    (tmp_path / ".new-left").write_bytes(b"half")
    contents.keep_only({kept})
    assert [path.name for path in tmp_path.iterdir()] == [kept]
