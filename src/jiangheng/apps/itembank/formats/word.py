"""Question lists in Word read: numbered questions, options, answers beside them or at the end (K7; domain 5.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from jiangheng.apps.itembank.formats import word_answers
from jiangheng.apps.itembank.formats.answers import narrow, split_options
from jiangheng.apps.itembank.formats.found import Found, NotABank, Read
from jiangheng.apps.itembank.formats.styled import Styled, common_marks_dropped, joined
from jiangheng.apps.itembank.formats.word_answers import MOST_LINES
from jiangheng.apps.itembank.formats.word_lines import (
    Start,
    answers_begin,
    fields,
    heading,
    inline_answer,
    option_start,
    starts,
)
from jiangheng.apps.itembank.formats.word_text import Paragraph, paragraphs
from jiangheng.apps.itembank.formats.workbook_columns import CHOICE
from jiangheng.apps.itembank.formats.workbook_rows import Draft, Row, item_of, sentence
from jiangheng.apps.itembank.formats.workbook_values import Cell
from jiangheng.core.exam.items import LETTERS
from jiangheng.kernel.kept import said as _

_WITH_OPTIONS = frozenset({"", CHOICE, "single", "multiple", "matching", "ordering", "judgement"})


@dataclass(frozen=True, slots=True)
class _Counts:
    """How often a number stands in a section, and in the whole document."""

    places: Counter[tuple[int, int]]
    numbers: Counter[int]


@dataclass(slots=True)
class Question:
    """A question as it stands: its number, the heading it is under, its lines, and the fields named among them."""

    section: int
    kind: str
    number: int
    paragraph: int
    lines: list[Styled] = field(default_factory=list)
    named: dict[str, Styled] = field(default_factory=dict)
    losses: list[str] = field(default_factory=list)
    before: str = ""
    """A judgement mark in brackets in front of the number."""


def read(data: bytes) -> Read:
    """The questions of a .docx, a `Found` each, and one for each answer that belongs to no question.

    Raises :class:`NotABank` for old, encrypted, macro and broken files, and when no numbered question is found.
    """
    lines, media = paragraphs(data)
    cut = answers_begin([one.body.text for one in lines])
    questions = _questions(lines[:cut])
    if not questions:
        raise NotABank(
            _("没有找到题目：没有一段以题号开头，如“1.”“1、”或自动编号。"),
            _("请给每道题编上题号，选项写成“A.”“B.”，答案写成“答案：B”或附在文末，再上传。"),
        )
    listed = word_answers.listed(lines[cut:])
    counts = _Counts(Counter((one.section, one.number) for one in questions), Counter(one.number for one in questions))
    found = [_found(question, listed, counts) for question in questions]
    return Read((*found, *_unclaimed(listed)), media, "docx")


def _questions(lines: Sequence[Paragraph]) -> list[Question]:
    made: list[Question] = []
    section, kind, last = 0, "", 0
    begins = starts([one.body.text for one in lines])
    current = ""
    for one, start in zip(lines, begins, strict=True):
        under = heading(one.body.text)
        if under is not None and start is None:
            section, kind, last, current = section + 1, under, 0, ""
            continue
        if start is not None and _is_next(start, last, made):
            made.append(Question(section, kind, start.number, one.number, before=start.before))
            last, current = start.number, ""
            body = one.body.cut(start.end)
        elif made and section == made[-1].section:
            if one.number - made[-1].paragraph > MOST_LINES:
                raise NotABank(
                    _("第 %(number)d 段起的 %(most)d 段里没有题号。")
                    % {"number": made[-1].paragraph, "most": MOST_LINES},
                    _("请给每道题编上题号，一题一段或几段，再上传。"),
                )
            body = one.body
        else:
            continue
        made[-1].losses += one.losses
        current = _take(made[-1], body.strip(), current)
    return made


def _is_next(start: Start, last: int, made: Sequence[Question]) -> bool:
    """A number followed by a digit ("3.220V") is a question's only when it is the next; "2.5mm" seldom is."""
    return start.number == last + 1 if start.doubtful else True


def _take(question: Question, body: Styled, current: str) -> str:
    """Put a paragraph where it belongs; the field it ends in stays open for the next."""
    pieces = fields(body)
    lead = pieces[0].text if pieces and not pieces[0].key else None
    if lead is not None and lead.text.strip():
        if current and option_start(lead.text) != 0:
            question.named[current] = joined([question.named[current], lead], "\n")
        else:
            question.lines.append(lead)
            current = ""
    for piece in pieces:
        if piece.key:
            current = piece.key
            earlier = question.named.get(current)
            question.named[current] = joined([earlier, piece.text], "\n") if earlier else piece.text
    return current


def _found(question: Question, listed: word_answers.Listed, counts: _Counts) -> Found:
    draft, problems = _draft(question, listed, counts)
    return Found(
        place=_("第 %(number)d 题（第 %(paragraph)d 段）")
        % {"number": question.number, "paragraph": question.paragraph},
        item=draft.item,
        problems=tuple(dict.fromkeys([*problems, *(sentence(key, text) for key, text in draft.problems)])),
        losses=tuple(dict.fromkeys([*question.losses, *draft.losses])),
        point_name=draft.point_name,
    )


def _draft(question: Question, listed: word_answers.Listed, counts: _Counts) -> tuple[Draft, list[str]]:
    cells = {key: _cell(text) for key, text in question.named.items()}
    whole = joined(question.lines, "\n")
    stem, options = whole, None
    if question.kind in _WITH_OPTIONS:
        at = option_start(whole.text)
        if at is not None:
            stem, options = whole.cut(0, at), whole.cut(at)
    stem, inline = inline_answer(stem, kind=question.kind, options=options is not None)
    cells["stem"] = _cell(stem.strip())
    if options is not None:
        cells |= {
            f"option_{letter}": _cell(text) for letter, text in split_options(options) if letter in LETTERS and text
        }
    problems = _answer(question, cells, inline or question.before, listed, counts)
    code = f"W{question.section}-{question.number:03d}" if question.section else f"W{question.number:03d}"
    if counts.places[question.section, question.number] > 1:
        problems.append(_("题号 %(number)d 在同一部分里出现了不止一次，请改正编号") % {"number": question.number})
    if question.kind == "case":
        problems.append(_("案例分析题的材料和小题不能从 Word 读入，请填在 Excel 模板里；整题作答的请改题型为简答题"))
    row = Row(question.paragraph, {key: cell for key, cell in cells.items() if cell.text.strip()}, question.kind)
    return item_of(row, code=code), problems


def _answer(
    question: Question, cells: dict[str, Cell], inline: str, listed: word_answers.Listed, counts: _Counts
) -> list[str]:
    """Put the answer among the cells: as written at the question, else from the list at the end. They must agree."""
    at_end = listed.claim(question.kind, question.number, counts.numbers[question.number] == 1)
    if inline and "answer" not in cells:
        cells["answer"] = Cell(inline)
    if at_end is not None and "answer" not in cells:
        cells["answer"] = _cell(at_end)
    elif at_end is not None and narrow(at_end.text) != narrow(cells["answer"].text):
        return [
            _("题目处的答案“%(here)s”与文末的答案“%(there)s”不一致，请核对")
            % {"here": cells["answer"].text[:20], "there": at_end.text[:20]}
        ]
    if "answer" not in cells:
        return [_("没有找到答案，请在题下写“答案：”，或在文末的参考答案里写上题号和答案")]
    return []


def _cell(text: Styled) -> Cell:
    plain = common_marks_dropped(text.strip())
    return Cell(plain.text, plain if any(piece.marks or piece.html for piece in plain.pieces) else None)


def _unclaimed(listed: word_answers.Listed) -> Iterator[Found]:
    for paragraph, number in listed.unclaimed():
        yield Found(
            place=_("参考答案（第 %(paragraph)d 段）") % {"paragraph": paragraph},
            item=None,
            problems=(_("参考答案里的第 %(number)d 题找不到对应的题目，请核对题号和题型标题") % {"number": number},),
        )
