"""``python -m bench``: measures, prints, and writes the results into docs/benchmarks.md."""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.cases import Result, results
from bench.measure import BenchmarkError
from bench.report import machine, markdown, write

_DOCUMENT = Path(__file__).parents[3] / "docs" / "benchmarks.md"


def main() -> None:
    options = _options()
    done: list[Result] = []
    text = [machine()]
    print(text[0])
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as root:
            for result in results(Path(root), quick=options.quick, million=options.million):
                done.append(result)
                text.append(markdown(result))
                print(text[-1], flush=True)
    except BenchmarkError as error:
        sys.exit(f"The benchmark failed: {error}")
    document = options.write or (None if options.quick else _DOCUMENT)
    if document is not None:
        write(document, "\n".join(text))
    missed = [finding.what for result in done for finding in result.findings if finding.missed]
    print(f"Targets missed: {'; '.join(missed) or 'none'}")
    sys.exit(1 if missed and options.check else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a rough look: fewer runs and breeds")
    parser.add_argument("--million", action="store_true", help="a million breeds as well")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    parser.add_argument(
        "--write", type=Path, metavar="FILE",
        help="document to write to (docs/benchmarks.md; with --quick none)",
    )  # fmt: skip
    return parser.parse_args()


if __name__ == "__main__":
    main()
