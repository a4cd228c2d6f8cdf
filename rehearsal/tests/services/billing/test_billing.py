"""The account that a project is billed to."""

from tests.client import NUMBER, Client

URL = "https://cloudbilling.googleapis.com/v1/projects/{}/billingInfo"
ANN = "user:ann@example.com"


def test_a_project_is_billed_to_an_account_by_id_and_by_number() -> None:
    client = Client()
    info = client.get(URL.format("demo")).ok
    assert info["projectId"] == "demo"
    assert info["billingAccountName"].startswith("billingAccounts/")
    assert client.get(URL.format(NUMBER)).ok == info


def test_who_may_not_see_the_project_does_not_see_who_pays() -> None:
    client = Client()
    assert client.get(URL.format("demo"), as_=ANN).status == 403
    client.grant(ANN, "roles/viewer")
    assert client.get(URL.format("demo"), as_=ANN).status == 200
