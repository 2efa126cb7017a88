"""How banks, items, intakes and papers look to the few who reach them (clauses K7-K9, P2)."""

from . import banks, credits, intakes, items, measures, papers, practice, study

__all__ = ["banks", "credits", "intakes", "items", "measures", "papers", "practice", "study"]
