"""``python -m duban``: the same as the command ``duban``."""

from __future__ import annotations

from duban.cli.app import main

if __name__ == "__main__":
    main()
