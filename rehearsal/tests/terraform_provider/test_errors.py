"""Refusals in the words of Google's Go library."""

from rehearsal.terraform_provider.errors import ApiError, OperationError, ProviderError, saying


def test_a_reason_follows_the_message() -> None:
    reasons = [{"message": "No.", "domain": "global", "reason": "accessDenied"}]

    error = ApiError(403, {"error": {"code": 403, "message": "No.", "errors": reasons}})

    assert str(error) == "googleapi: Error 403: No., accessDenied"


def test_details_are_printed_as_json() -> None:
    details = [{"reason": "IAM_PERMISSION_DENIED"}]

    error = ApiError(403, {"error": {"message": "No.", "details": details}})

    assert str(error).startswith("googleapi: Error 403: No.\nDetails:\n[\n  {\n    ")


def test_an_answer_that_is_no_error_of_googles_is_printed() -> None:
    assert str(ApiError(502, {})) == "googleapi: got HTTP response code 502 with body: {}"


def test_an_operation_tells_its_code() -> None:
    error = OperationError({"code": 5, "message": "no image"})

    assert str(error) == "Error code 5, message: no image"


def test_what_was_tried_and_what_was_made_is_added() -> None:
    try:
        with saying("Error creating Job", {"id": "j"}):
            raise ApiError(409, {"error": {"message": "It is there."}})
    except ProviderError as error:
        told = error

    assert str(told) == "Error creating Job: googleapi: Error 409: It is there."
    assert (told.code, told.state) == (409, {"id": "j"})
