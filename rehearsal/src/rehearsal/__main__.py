"""``python -m rehearsal`` and the program ``rehearsal``."""

from rehearsal.cli.app import main

if __name__ == "__main__":
    main()
