"""Requests are checked against Google's schemas."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.discovery.description import description
from rehearsal.discovery.validation import validated, validated_parameters
from rehearsal.errors import ApiError

RUN = description("run", "v2")
JOB = "GoogleCloudRunV2Job"


def job(**template: Any) -> dict[str, Any]:
    return {"template": {"template": template}}


def refused(body: dict[str, Any]) -> ApiError:
    with pytest.raises(ApiError) as caught:
        validated(RUN, JOB, body)
    assert caught.value.code == 400
    return caught.value


def test_names_and_numbers_take_the_form_of_the_schema() -> None:
    body = {"launch_stage": "ga", "generation": 3, "template": {"task_count": "2"}}
    assert validated(RUN, JOB, body) == {
        "launchStage": "GA",
        "generation": "3",
        "template": {"taskCount": 2},
    }


def test_null_is_the_same_as_absent() -> None:
    assert validated(RUN, JOB, {"labels": None, "template": {"labels": None}}) == {"template": {}}


def test_null_in_a_map_stays_since_a_patch_removes_by_it() -> None:
    assert validated(RUN, JOB, {"labels": {"a": None}}) == {"labels": {"a": None}}


def test_bigquery_takes_numbers_as_values_of_query_parameters() -> None:
    bigquery = description("bigquery", "v2")
    for number, text in ((0.26, "0.26"), (7, "7"), (True, "true")):
        assert validated(bigquery, "QueryParameterValue", {"value": number}) == {"value": text}


def test_the_number_of_an_enum_is_its_word() -> None:
    words = RUN.schemas[JOB]["properties"]["launchStage"]["enum"]
    assert validated(RUN, JOB, {"launchStage": 1}) == {"launchStage": words[1]}


def test_an_unknown_name_is_refused_with_its_place() -> None:
    error = refused(job(containerz=[]))
    assert error.message == (
        "Invalid JSON payload received. Unknown name \"containerz\" at 'template.template':"
        " Cannot find field."
    )


def test_all_faults_are_named_at_once() -> None:
    error = refused({"template": {"taskCount": "many"}, "labels": {"a": 1}, "x": 1})
    violations = error.details[0]["fieldViolations"]
    assert [one["field"] for one in violations] == ["template.taskCount", "labels[a]", ""]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            job(maxRetries="x"),
            "Invalid value at 'template.template.maxRetries' (TYPE_INT32), \"x\"",
        ),
        (job(maxRetries=2**31), "Invalid value at 'template.template.maxRetries' (TYPE_INT32)"),
        (job(maxRetries=True), "Invalid value at 'template.template.maxRetries' (TYPE_INT32)"),
        (job(timeout=5), "Invalid value at 'template.template.timeout' (TYPE_STRING), 5"),
        (job(containers=[7]), "Invalid value at 'template.template.containers[0]'"),
        ({"launchStage": "SOON"}, "Invalid value at 'launchStage' (TYPE_ENUM), \"SOON\""),
        ({"template": []}, "Invalid value at 'template'"),
    ],
)
def test_a_wrong_type_is_refused_with_its_place(body: dict[str, Any], text: str) -> None:
    assert text in refused(body).message


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["template", "labels", "containers", "env", "name", "taskCount"])
        | st.text(), inner),
    max_leaves=20,
))  # fmt: skip
def test_any_json_is_taken_or_refused_and_what_is_taken_stays(body: Any) -> None:
    with suppress(ApiError):
        once = validated(RUN, JOB, {"template": body})
        assert validated(RUN, JOB, once) == once


def test_parameters_are_checked() -> None:
    known = next(
        one for one in RUN.methods if one.id == "run.projects.locations.jobs.list"
    ).parameters
    assert validated_parameters(known, {"page_size": ["5"], "upload_id": ["x"]}) == {
        "pageSize": ["5"],
        "upload_id": ["x"],
    }
    with pytest.raises(ApiError, match=r"Invalid value at 'pageSize' \(TYPE_INT32\), \"five\""):
        validated_parameters(known, {"pageSize": ["five"]})
