from rehearsal.services import all_services
from tests.traffic.needed import CONFIGURED, NEEDED, lacking

SECRET = "secretmanager.projects.secrets.get"
RECORDED = {"name": "s", "labels": {"env": "demo"}, "replication": {"automatic": {}}}


def test_every_method_with_needed_fields_is_one_of_ours() -> None:
    here = {method_id for service in all_services() for _, _, method_id in service.methods}
    assert NEEDED.keys() - here == set()
    assert CONFIGURED - NEEDED.keys() == set()


def test_an_answer_with_more_fields_than_the_recorded_one_lacks_nothing() -> None:
    assert lacking(SECRET, RECORDED, RECORDED | {"etag": "x"}) == []


def test_an_empty_object_is_needed_where_the_recording_has_one() -> None:
    assert lacking(SECRET, RECORDED, RECORDED | {"replication": {}}) == [
        "no .replication.automatic"
    ]


def test_another_value_of_what_was_configured_is_named() -> None:
    assert lacking(SECRET, RECORDED, RECORDED | {"labels": {"env": "other"}}) == [
        ".labels.env is 'other' instead of 'demo'"
    ]


def test_a_field_that_the_recording_has_not_is_not_asked_for() -> None:
    assert lacking(SECRET, {"name": "s"}, {"name": "s"}) == []


def test_each_item_of_a_list_of_another_length_is_checked() -> None:
    recorded = {"secrets": [{"name": "a"}]}
    ours = {"secrets": [{"name": "a"}, {}]}
    assert lacking("secretmanager.projects.secrets.list", recorded, ours) == ["no .secrets[].name"]


def test_a_list_that_should_have_items_may_not_be_empty() -> None:
    recorded = {"secrets": [{"name": "a"}]}
    assert "no .secrets[].name" in lacking(
        "secretmanager.projects.secrets.list", recorded, {"secrets": []}
    )
