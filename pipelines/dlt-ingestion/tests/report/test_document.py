"""The page as text: nothing of the data can end its element, and only its own scripts may run."""

import base64
import hashlib
import json
import re
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from dlt_ingestion.report.document import embedded, render
from tests.report.made_up import SCRIPT_NAME, many, report

PAGE = render(report())


def data_of(page: str) -> str:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found
    return found[1]


def hashes_of(page: str, element: str) -> set[str]:
    """The hashes of the texts of an element that a policy would have to allow."""
    texts = re.findall(rf'<{element}(?: type="module")?>(.*?)</{element}>', page, re.S)
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return {f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests}


def policy_of(page: str) -> dict[str, set[str]]:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found
    directives = found[1].replace("&#x27;", "'").split("; ")
    return {name: set(values) for name, *values in map(str.split, directives)}


def test_the_policy_allows_the_pages_own_scripts_and_style_and_pictures_only() -> None:
    assert policy_of(PAGE) == {
        "default-src": {"'none'"},
        "img-src": {"https:", "data:"},
        "style-src": hashes_of(PAGE, "style"),
        "script-src": hashes_of(PAGE, "script"),
        "base-uri": {"'none'"},
        "form-action": {"'none'"},
    }
    assert len(hashes_of(PAGE, "script")) == 2


def test_the_page_names_nothing_that_it_would_load() -> None:
    shell = PAGE.replace(data_of(PAGE), "")
    assert re.findall(r'<[a-z][^<>]*\s(?:src|href)="(?!#|data:)', shell) == []
    assert "sourceMappingURL" not in shell
    assert "@import" not in shell


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_ends_the_data_or_is_changed_by_it(text: str) -> None:
    breeds = many(1)
    breeds[0]["description"] = f"x{text}</script><!--\u2028\u2029{text}x"
    made = report(breeds)

    data = embedded(made)

    assert not re.search("[<>&\u2028\u2029]", data)
    grid = json.loads(data)["breeds"]
    shown = grid["rows"][0][grid["columns"].index("description")]
    assert shown == made.breeds.rows[0][list(made.breeds.columns).index("description")]
    assert "</script><!--\u2028\u2029" in shown


def test_a_breed_called_script_is_no_element_of_the_page() -> None:
    breeds = many(1)
    breeds[0]["name"] = SCRIPT_NAME

    page = render(report(breeds))

    assert page.count("<script") == PAGE.count("<script")
    assert SCRIPT_NAME not in page


def test_no_script_makes_elements_of_text() -> None:
    for asset in (files("dlt_ingestion.report") / "assets").iterdir():
        if asset.name.endswith(".js"):
            source = asset.read_text(encoding="utf-8")
            for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
                assert way not in source, f"{asset.name} has {way}"
