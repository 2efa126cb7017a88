"""Tables of the question bank: banks, items with every version, papers and their draw, measurement (K7-K9, P2)."""

from .bank import KEEPERS, Bank
from .item import Contribution, Intake, Item, Look, Picture, Revision
from .measure import AnswerSheet, Figures, Measurement
from .paper import Draw, Paper, Plan, Pledge
from .practice import Exercise
from .study import Opinion, Study

__all__ = [
    "KEEPERS",
    "AnswerSheet",
    "Bank",
    "Contribution",
    "Draw",
    "Exercise",
    "Figures",
    "Intake",
    "Item",
    "Look",
    "Measurement",
    "Opinion",
    "Paper",
    "Picture",
    "Plan",
    "Pledge",
    "Revision",
    "Study",
]
