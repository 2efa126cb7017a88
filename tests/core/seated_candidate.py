"""A sitting that was entered, a paper of every kind of answer, and the verdict on one event: for tests of sittings."""

from __future__ import annotations

from jiangheng.core.exam.asked import Asked
from jiangheng.core.exam.events import Entered, Event
from jiangheng.core.exam.sitting import Rejected, State, Terms, Verdict, accept, begin, reduce

OPENS, CLOSES = 1_000_000, 6_400_000
TERMS = Terms(opens=OPENS, closes=CLOSES)
PAPER = {
    "s1": Asked(frozenset("ABCD")),
    "s2": Asked(frozenset("ABCD")),
    "m1": Asked(frozenset("ABCDE"), many=True),
    "j1": Asked(frozenset("AB")),
    "f1": Asked(answered="texts", blanks=2),
    "n1": Asked(answered="number"),
    "p1": Asked(frozenset("ABC"), answered="pairs", targets=frozenset({"1", "2", "12"})),
    "o1": Asked(frozenset("ABCD"), answered="order"),
    "h1": Asked(answered="points"),
    "e1": Asked(answered="open"),
    "c1.1": Asked(frozenset("ABCD")),
    "c1.2": Asked(answered="open"),
}


def seated(terms: Terms = TERMS, *, device: str = "") -> State:
    """A sitting somebody entered when it opened."""
    return reduce(begin(terms), Entered(1, device=device, at=OPENS))


def judge(state: State, event: Event, now: int = OPENS + 1, *, fence: int = 1) -> Verdict:
    """Whether that event is taken, from the page of the first entry unless another is named."""
    return accept(state, event, now, paper=PAPER, fence=fence)


def code(verdict: Verdict) -> str:
    """The code of a refusal, empty when it was none."""
    return verdict.code if isinstance(verdict, Rejected) else ""
