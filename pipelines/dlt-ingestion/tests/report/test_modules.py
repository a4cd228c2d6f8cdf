"""Joining JavaScript modules: order, and every form that could be joined wrongly is refused."""

from collections.abc import Mapping

import pytest

from dlt_ingestion.report.modules import join

LEAF = "export const WORD = 'a';\nexport function say() {\n  return WORD;\n}\n"


def test_a_module_comes_once_and_after_what_it_imports() -> None:
    modules = {
        "main.js": 'import { a } from "./a.js";\nimport { say } from "./leaf.js";\na(say());\n',
        "a.js": 'import { say, WORD } from "./leaf.js";\nexport function a() {}\n',
        "leaf.js": LEAF,
        "unused.js": "export function unused() {}\n",
    }

    joined = join(modules, "main.js")

    places = [joined.index(text) for text in ("// leaf.js", "// a.js", "// main.js")]
    assert places == sorted(places)
    assert joined.count("const WORD") == 1
    assert "import" not in joined
    assert "export" not in joined
    assert "unused" not in joined


@pytest.mark.parametrize(
    ("modules", "problem"),
    [
        ({"main.js": 'import { a } from "./gone.js";\n'}, "gone.js, which is not there"),
        ({"main.js": 'import { b } from "./leaf.js";\n', "leaf.js": LEAF}, "does not export"),
        ({"main.js": 'import * as b from "./leaf.js";\n', "leaf.js": LEAF}, "only plain imports"),
        ({"main.js": "export default 1;\n"}, "only plain imports"),
        ({"main.js": "export { a };\n"}, "only plain imports"),
        (
            {"main.js": 'import { WORD } from "./leaf.js";\nfunction say() {}\n', "leaf.js": LEAF},
            "both declare say",
        ),
        (
            {
                "main.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b.js": 'import { a } from "./main.js";\nexport const b = 2;\n',
            },
            "import each other: main.js > b.js > main.js",
        ),
    ],
)
def test_what_can_not_be_joined_exactly_is_refused(
    modules: Mapping[str, str], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        join(modules, "main.js")
