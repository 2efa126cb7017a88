"""Text with marked letters and objects in it, which can be searched and cut like a string (clause K7).

Office files say what is raised, bold or underlined by runs of letters, and bank formats by rich text; questions are
recognised by patterns. This is the form in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jiangheng.core.exam import rich

OBJECT = "\ufffc"
"""One letter that stands for a picture or a formula."""
MARKS = ("sup", "sub", "u", "em", "strong")
"""From the inside out: a letter that is raised and bold is <strong><sup>."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Letters under the same marks, or one object as rich text."""

    text: str
    marks: frozenset[str] = frozenset()
    html: str = ""


@dataclass(frozen=True, slots=True)
class Styled:
    """Pieces in order. `text` has one letter for each object."""

    pieces: tuple[Piece, ...] = ()

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def __bool__(self) -> bool:
        return any(piece.text for piece in self.pieces)

    def __add__(self, other: Styled) -> Styled:
        return Styled((*self.pieces, *other.pieces))

    def cut(self, start: int, end: int | None = None) -> Styled:
        """The letters from `start` to before `end`."""
        return Styled(tuple(_within(self.pieces, start, len(self.text) if end is None else end)))

    def strip(self) -> Styled:
        """Without white space at both ends."""
        text = self.text
        return self.cut(len(text) - len(text.lstrip()), len(text.rstrip()))

    def lines(self) -> list[Styled]:
        """Cut at line breaks."""
        made: list[list[Piece]] = [[]]
        for piece in self.pieces:
            first, *others = piece.text.split("\n")
            made[-1].append(Piece(first, piece.marks, piece.html))
            made += [[Piece(other, piece.marks)] for other in others]
        return [Styled(tuple(piece for piece in line if piece.text)) for line in made]

    def rich(self) -> str:
        """The canonical rich text; TeX between \\( and \\) becomes formulas."""
        html = "".join(_html(piece) for piece in _joined(self.pieces))
        if "\\" not in html and "<" not in html.replace("<br/>", ""):
            return html
        return rich.clean(html).text


def styled(text: str) -> Styled:
    """Plain letters."""
    return Styled((Piece(text),)) if text else Styled()


def joined(parts: Iterable[Styled], between: str = "") -> Styled:
    """Several after one another, with letters between them."""
    made: list[Piece] = []
    for place, part in enumerate(parts):
        made += styled(between).pieces if place else ()
        made += part.pieces
    return Styled(tuple(made))


def common_marks_dropped(given: Styled) -> Styled:
    """Bold, italic and underline that lie on all letters are the look of a cell or heading, not of the text."""
    worded = [piece.marks for piece in given.pieces if piece.text.strip()]
    common = frozenset.intersection(*worded) - {"sup", "sub"} if worded else frozenset()
    return Styled(tuple(Piece(piece.text, piece.marks - common, piece.html) for piece in given.pieces))


def _within(pieces: Iterable[Piece], start: int, end: int) -> Iterator[Piece]:
    at = 0
    for piece in pieces:
        low, high = max(start - at, 0), min(end - at, len(piece.text))
        if low < high:
            yield piece if (low, high) == (0, len(piece.text)) else Piece(piece.text[low:high], piece.marks, piece.html)
        at += len(piece.text)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours under the same marks as one, so that a word split into runs by a spelling checker is one again."""
    made: list[Piece] = []
    for piece in pieces:
        if made and not piece.html and not made[-1].html and made[-1].marks == piece.marks:
            made[-1] = Piece(made[-1].text + piece.text, piece.marks)
        elif piece.text:
            made.append(piece)
    return made


def _html(piece: Piece) -> str:
    html = piece.html or rich.from_plain(piece.text)
    for mark in MARKS:
        if mark in piece.marks and (piece.html == "" and piece.text.strip()):
            html = f"<{mark}>{html}</{mark}>"
    return html
