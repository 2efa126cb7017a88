"""``python -m jiangheng`` is the command ``jiangheng``."""

from __future__ import annotations

import sys

from jiangheng.cli import main

if __name__ == "__main__":
    sys.exit(main())
