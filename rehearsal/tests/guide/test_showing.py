import pytest

from tests.guide.showing import differences

PRINTED = """\x1b[1mDone.\x1b[m
Execution [job-abc12] has completed.

+--------+
| breeds |
+--------+
|     72 |
+--------+
"""


@pytest.mark.parametrize(
    "shown",
    [
        "Done.\nExecution [job-abc12] has completed.\n…",
        "Done.\nExecution […] has completed.\n…",
        "…\n| breeds |\n+--+\n| 72 |\n+--+",
        "…\nDone.\n…\n| 72 |\n…",
        "…",
    ],
)
def test_what_was_printed_may_be_shown_in_part(shown: str) -> None:
    assert differences(shown, PRINTED) == ""


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ("Done.", "more was printed"),
        ("…\n| 73 |\n…", "another value"),
        ("…\n| breeds |\n| 72 |\n…", "a line between is left out without saying so"),
        ("…\n| 72 |\n…\nDone.\n…", "another order"),
        ("", "nothing is shown"),
    ],
)
def test_what_was_not_printed_is_told(shown: str, why: str) -> None:
    assert "printed:\nDone." in differences(shown, PRINTED), why


def test_no_output_is_not_any_output() -> None:
    assert differences("Done.", "") == "shown:\nDone.\nprinted:\n(nothing)"
