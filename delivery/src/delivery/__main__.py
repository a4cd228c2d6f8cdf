"""``python -m delivery``."""

from delivery.cli import main

if __name__ == "__main__":
    main()
