"""The project as Compute Engine names it."""

from tests.client import NUMBER, Client

URL = "https://compute.googleapis.com/compute/v1/projects/{}"
ANN = "user:ann@example.com"


def test_a_number_leads_to_the_projects_id() -> None:
    client = Client()
    assert client.get(URL.format(NUMBER)).ok["name"] == "demo"
    assert client.get(URL.format("demo")).ok["id"] == NUMBER


def test_who_may_not_see_the_project_does_not_learn_its_id() -> None:
    assert Client().get(URL.format(NUMBER), as_=ANN).status == 403
