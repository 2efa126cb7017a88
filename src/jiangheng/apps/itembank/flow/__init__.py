"""题库: banks, items and their life, intakes, plans and draws of papers, measurement (K7-K9, P2)."""

from . import bank, draw, exercise, files, intake, item, measurement, paper, plan, study
from .looks import look_at, look_at_each, look_at_exercise, look_at_paper

__all__ = [
    "bank",
    "draw",
    "exercise",
    "files",
    "intake",
    "item",
    "look_at",
    "look_at_each",
    "look_at_exercise",
    "look_at_paper",
    "measurement",
    "paper",
    "plan",
    "study",
]
