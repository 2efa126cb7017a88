"""What the steps of the theory examination ask (clause K13)."""

from .marking import CORRECTIONS, CorrectionPlan, Markers, OpenAnswers, Remark, ScriptMarks
from .places import Bundle, Fetching, Packing, Telling, Versions
from .room import KINDS_OF_REPORT, Arrangements, Because, Extension, Irregularity, Message, Move
from .session import Arrangement, Exchange, Printing, SessionPlan
from .transcription import AnswerBook, AnswerRow, Decision, ThirdMark, Written

__all__ = [
    "CORRECTIONS",
    "KINDS_OF_REPORT",
    "AnswerBook",
    "AnswerRow",
    "Arrangement",
    "Arrangements",
    "Because",
    "Bundle",
    "CorrectionPlan",
    "Decision",
    "Exchange",
    "Extension",
    "Fetching",
    "Irregularity",
    "Markers",
    "Message",
    "Move",
    "OpenAnswers",
    "Packing",
    "Printing",
    "Remark",
    "ScriptMarks",
    "SessionPlan",
    "Telling",
    "ThirdMark",
    "Versions",
    "Written",
]
