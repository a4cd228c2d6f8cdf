"""Projects and their policies."""

from tests.client import NUMBER, OWNER, Client

V1 = "https://cloudresourcemanager.googleapis.com/v1/projects"
ANN = "user:ann@example.com"


def test_a_project_is_found_by_id_and_number_in_both_versions() -> None:
    client = Client()
    project = client.get(f"{V1}/demo").ok
    assert project["projectNumber"] == NUMBER
    assert client.get(f"{V1}/{NUMBER}").ok == project
    v3 = client.get(f"https://cloudresourcemanager.googleapis.com/v3/projects/{NUMBER}").ok
    assert (v3["name"], v3["projectId"]) == (f"projects/{NUMBER}", "demo")


def test_only_who_may_see_a_project_finds_it_listed() -> None:
    client = Client()
    assert [one["projectId"] for one in client.get(V1).ok["projects"]] == ["demo"]
    assert client.get(V1, as_=ANN).ok == {}


def test_a_project_that_is_not_there_looks_like_one_that_is_forbidden() -> None:
    assert Client().get(f"{V1}/other").status == 403


def test_bindings_are_added_as_gcloud_does() -> None:
    client = Client()
    policy = client.post(f"{V1}/demo:getIamPolicy", {"options": {"requestedPolicyVersion": 3}}).ok
    policy["bindings"].append({"role": "roles/viewer", "members": [ANN]})
    client.post(f"{V1}/demo:setIamPolicy", {"policy": policy}).ok
    assert client.get(f"{V1}/demo", as_=ANN).status == 200
    stale = client.post(f"{V1}/demo:setIamPolicy", {"policy": policy})
    assert stale.error["status"] == "ABORTED"


def test_the_last_owner_can_not_be_taken_away() -> None:
    client = Client()
    refused = client.post(f"{V1}/demo:setIamPolicy", {"policy": {"bindings": []}})
    assert refused.status == 403
    bindings = client.post(f"{V1}/demo:getIamPolicy", {}).ok["bindings"]
    assert {"role": "roles/owner", "members": [OWNER]} in bindings


def test_changes_of_a_policy_are_audited() -> None:
    client = Client()
    policy = client.post(f"{V1}/demo:getIamPolicy", {}).ok
    client.post(f"{V1}/demo:setIamPolicy", {"policy": policy}).ok
    entries = [one for _, one in client.cloud.store.list("entries")]
    audited = [one["protoPayload"]["methodName"] for one in entries if "protoPayload" in one]
    assert audited == ["cloudresourcemanager.projects.setIamPolicy"]


def test_an_account_that_is_not_there_gets_no_role() -> None:
    client = Client()
    missing = "serviceAccount:none@demo.iam.gserviceaccount.com"
    policy = client.post(f"{V1}/demo:getIamPolicy", {}).ok
    policy["bindings"].append({"role": "roles/viewer", "members": [missing]})
    error = client.post(f"{V1}/demo:setIamPolicy", {"policy": policy}).error
    assert error["message"] == ("Service account none@demo.iam.gserviceaccount.com does not exist.")


def test_everybody_may_ask_what_they_may_do() -> None:
    client = Client()
    client.grant(ANN, "roles/run.viewer")
    asked = {"permissions": ["run.jobs.get", "run.jobs.create"]}
    for version in ("v1", "v3"):
        url = f"https://cloudresourcemanager.googleapis.com/{version}/projects/demo"
        answer = client.post(f"{url}:testIamPermissions", asked, as_=ANN).ok
        assert answer == {"permissions": ["run.jobs.get"]}


def test_both_versions_have_one_policy() -> None:
    client = Client()
    v3 = "https://cloudresourcemanager.googleapis.com/v3/projects/demo"
    policy = client.post(f"{v3}:getIamPolicy", {}).ok
    policy["bindings"].append({"role": "roles/viewer", "members": [ANN]})
    changed = client.post(f"{v3}:setIamPolicy", {"policy": policy}).ok
    assert client.post(f"{V1}/demo:getIamPolicy", {}).ok == changed


def test_v3_searches_the_projects_that_the_caller_may_see() -> None:
    client = Client()
    url = "https://cloudresourcemanager.googleapis.com/v3/projects:search"
    assert [one["projectId"] for one in client.get(url).ok["projects"]] == ["demo"]
    assert client.get(url, as_=ANN).ok == {}
