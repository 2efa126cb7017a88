"""How batches and what belongs to them look, one module a group; identity numbers are masked there (K10, P3, W5).

Their order is the order of the menus: the batch, what is handed in, the people, what came of it.
"""

from __future__ import annotations

from . import batch, intake, people, result

__all__ = ["batch", "intake", "people", "result"]
