from tests.traffic.correspondence import Correspondence


def test_an_id_that_the_server_chose_is_replaced_in_later_addresses() -> None:
    known = Correspondence()
    known.learn("/v1", {"name": "operations/abc-123"}, {"name": "operations/xyz-987"})
    assert known.text("https://host/v1/operations/abc-123?alt=json") == (
        "https://host/v1/operations/xyz-987?alt=json"
    )


def test_an_etag_is_replaced_by_that_of_the_same_resource() -> None:
    known = Correspondence()
    known.learn("/a", {"etag": "ACAB"}, {"etag": "one"})
    known.learn("/b", {"etag": "ACAB"}, {"etag": "two"})
    assert known.body("/a", {"policy": {"etag": "ACAB"}}) == {"policy": {"etag": "one"}}


def test_an_etag_that_came_back_in_the_other_alphabet_is_known() -> None:
    known = Correspondence()
    known.learn("/a", {"etag": "ab+/"}, {"etag": "ours"})
    assert known.body("/a", {"etag": "ab-_"}) == {"etag": "ours"}


def test_the_project_is_never_taken_for_an_id_that_was_made_up() -> None:
    known = Correspondence()
    known.learn(
        "/s",
        {"name": "projects/123456789012/secrets/s"},
        {"name": "projects/demo-pipeline/secrets/s"},
    )
    assert known.text("projects/123456789012") == "projects/123456789012"


def test_lists_of_different_lengths_teach_nothing() -> None:
    known = Correspondence()
    known.learn("/l", [{"name": "first"}], [{"name": "other"}, {"name": "third"}])
    assert known.text("first") == "first"
