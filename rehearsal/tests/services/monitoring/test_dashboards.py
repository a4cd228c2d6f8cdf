from typing import Any

from tests.client import NUMBER, Client

DASHBOARDS = "https://monitoring.googleapis.com/v1/projects/demo/dashboards"
BOARD: dict[str, Any] = {
    "displayName": "Dog pipeline r1",
    "gridLayout": {
        "widgets": [
            {
                "title": "executions",
                "xyChart": {
                    "dataSets": [
                        {
                            "plotType": "LINE",
                            "timeSeriesQuery": {
                                "timeSeriesFilter": {
                                    "aggregation": {"perSeriesAligner": "ALIGN_RATE"},
                                    "filter": 'metric.type="x"',
                                }
                            },
                        }
                    ]
                },
            }
        ]
    },
}


def test_a_dashboard_comes_back_as_it_was_sent() -> None:
    client = Client()
    made = client.post(DASHBOARDS, BOARD).ok
    assert made["name"].startswith(f"projects/{NUMBER}/dashboards/")
    url = f"https://monitoring.googleapis.com/v1/{made['name']}"
    found = client.get(url).ok
    assert found == BOARD | {"name": made["name"], "etag": made["etag"]}
    assert client.get(DASHBOARDS).ok == {"dashboards": [found]}


def test_a_dashboard_is_replaced_with_its_newest_etag_only() -> None:
    client = Client()
    made = client.post(DASHBOARDS, BOARD).ok
    url = f"https://monitoring.googleapis.com/v1/{made['name']}"
    change = BOARD | {"displayName": "Dog pipeline r2", "etag": made["etag"]}
    changed = client.patch(url, change).ok
    assert changed["displayName"] == "Dog pipeline r2"
    assert changed["etag"] != made["etag"]
    assert client.patch(url, change).status == 409
    assert client.delete(url).ok == {}
    assert client.get(url).status == 404


def test_a_project_without_dashboards_lists_none() -> None:
    assert Client().get(DASHBOARDS).ok == {}


def test_dashboards_that_are_refused() -> None:
    client = Client()
    assert client.post(DASHBOARDS, {"gridLayout": {}}).status == 400
    assert client.post(DASHBOARDS, BOARD | {"rowLayout": {}}).status == 400
    answer = client.post(DASHBOARDS, BOARD, as_="user:eve@example.com")
    assert "monitoring.dashboards.create" in answer.error["message"]


def test_a_dashboard_that_is_only_checked_is_not_kept() -> None:
    client = Client()
    assert client.post(f"{DASHBOARDS}?validateOnly=true", BOARD).status == 200
    assert client.get(DASHBOARDS).ok == {}
