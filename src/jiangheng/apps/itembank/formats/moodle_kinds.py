"""Moodle's kinds of questions as ours; Moodle XML and GIFT write the same things differently (clause K7).

Moodle gives each answer a fraction of the marks. What earns all of them is right; what earns a part, or costs marks,
is a loss that is said. Raises `NotTaken` where no one answer of ours means the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jiangheng.apps.itembank.formats.extension import plain_number
from jiangheng.apps.itembank.formats.notes import Notes, NotTaken
from jiangheng.core.exam import quantity, rich
from jiangheng.core.exam.items import BLANK, KINDS, LETTERS, Option
from jiangheng.kernel.kept import said as _

ALL, NOTHING = Decimal(100), Decimal(0)
RIGHT_WORDS = frozenset({"正确", "对", "是", "√", "✓", "true", "t", "right", "correct", "yes"})
WRONG_WORDS = frozenset({"错误", "错", "不正确", "不对", "否", "×", "✗", "x", "false", "f", "wrong", "incorrect", "no"})
# Fractions come rounded to seven places; three of a third are all the marks.
_NEARLY = Decimal("99.9")
_RUNS = re.compile("_{3,}")
_NUMBER = re.compile(r"[+-]?\d{0,40}([.,]\d{0,40})?([eE][+-]?\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Row:
    """One answer as Moodle has it: its text (rich or plain, as the kind has it), percent of the marks, feedback."""

    text: str
    fraction: Decimal
    feedback: str = ""
    tolerance: str = ""


def fraction_of(text: str) -> Decimal:
    """A percent as written; raises `NotTaken`."""
    if not re.fullmatch(r"\s*[+-]?\d{1,4}([.,]\d{0,10})?\s*", text):
        raise NotTaken(_("分值“%(text)s”不是百分数，请改正") % {"text": text[:40]})
    return Decimal(text.strip().replace(",", ".").rstrip("."))


def choice(rows: Sequence[Row], *, one: bool, notes: Notes) -> dict[str, Any]:
    """Single, multiple or judgement. `one`: only one answer may be chosen."""
    if len(rows) > len(LETTERS):
        raise NotTaken(_("有 %(count)d 个选项，最多 %(most)d 个") % {"count": len(rows), "most": len(LETTERS)})
    right = [place for place, row in enumerate(rows) if (row.fraction >= ALL if one else row.fraction > 0)]
    if one and len(right) != 1:
        raise NotTaken(
            _("单选题有 %(count)d 个满分选项，应恰好一个；多选题请给每个正确选项部分分值") % {"count": len(right)}
        )
    if not right:
        raise NotTaken(_("没有正确的选项"))
    wrong = [row for place, row in enumerate(rows) if place not in right]
    if any(row.fraction > 0 for row in wrong):
        notes.lose(_("原题有选项得部分分，导入后不得分"))
    if not one and sum(rows[place].fraction for place in right) < _NEARLY:
        notes.lose(_("原题各正确选项的分值加起来不到满分，导入后全对得满分"))
    elif not one and len(right) > 1:
        notes.lose(_("原题按选项给分、错选倒扣，导入后按本系统的多选题评分规则给分"))
    keys = tuple(LETTERS[place] for place in right)
    options = tuple(Option(LETTERS[place], row.text) for place, row in enumerate(rows))
    if len(keys) == 1 and (said := judgement(options, keys[0])):
        return {"kind": "judgement", "options": KINDS["judgement"].options, "answer": (said,)}
    return {"kind": "multiple" if len(keys) > 1 else "single", "options": options, "answer": keys}


def judgement(options: Sequence[Option], key: str) -> str:
    """ "A" (right) or "B" (wrong) when two options are nothing but right and wrong; else ""."""
    if len(options) != 2:
        return ""
    words = {option.key: rich.plain(option.text).strip().strip("。.").casefold() for option in options}
    chosen = words.pop(key, "")
    (other,) = words.values() if len(words) == 1 else ("",)
    if chosen in RIGHT_WORDS and other in WRONG_WORDS:
        return "A"
    return "B" if chosen in WRONG_WORDS and other in RIGHT_WORDS else ""


def true_or_false(*, is_true: bool) -> dict[str, Any]:
    """Judgement."""
    return {"kind": "judgement", "options": KINDS["judgement"].options, "answer": ("A" if is_true else "B",)}


def accepted(rows: Iterable[Row], *, notes: Notes, minds_case: bool = False) -> str:
    """The accepted texts of one blank as our token; the texts of the rows are plain."""
    taken, wild = [], 0
    for row in rows:
        text = " ".join(row.text.split())
        if row.fraction >= ALL and re.search(r"(?<!\\)\*", text):
            wild += 1
        elif row.fraction >= ALL and "|" not in text:
            taken.append(text.replace("\\*", "*"))
        elif row.fraction >= ALL:
            notes.lose(_("含“|”的答案没有导入"))
        elif row.fraction > 0:
            notes.lose(_("“%(text)s”在原题得部分分，导入后不得分") % {"text": text[:40]})
    if wild:
        notes.lose(_("带通配符“*”的答案没有导入，请补写可接受的答案"))
    if minds_case:
        notes.lose(_("原题区分大小写，导入后不区分"))
    token = "|".join(dict.fromkeys(text for text in taken if text))
    if not token:
        raise NotTaken(_("没有得满分的确定答案，不能由系统评分"))
    return token


def with_blank(stem: str) -> str:
    """A rich stem with one blank: where a run of underscores stands, else at its end."""
    if len(_RUNS.findall(re.sub(r"<[^>]*>", " ", stem))) == 1:
        return re.sub(r"(<[^>]*>)|_{3,}", lambda found: found[1] or BLANK, stem)
    plain = wide_runs(stem)
    return f"{plain}<p>{BLANK}</p>" if plain.endswith("</p>") else f"{plain} {BLANK}"


def wide_runs(stem: str) -> str:
    """A rich text whose runs of underscores are no blanks of ours."""
    return re.sub(r"(<[^>]*>)|_{3,}", lambda found: found[1] or "＿" * len(found[0]), stem)


def number(rows: Sequence[Row], *, notes: Notes) -> dict[str, Any]:
    """Numeric. A row's text is the number, "*" any number; its tolerance absolute."""
    right = [row for row in rows if row.fraction >= ALL and row.text.strip() != "*"]
    if any(row.fraction >= ALL and row.text.strip() == "*" for row in rows):
        raise NotTaken(_("任何数都得满分"))
    if len(right) != 1:
        raise NotTaken(_("有 %(count)d 个得满分的数，本系统只收一个数加误差") % {"count": len(right)})
    if any(NOTHING < row.fraction < ALL for row in rows):
        notes.lose(_("原题对接近的数给部分分，导入后误差以外不得分"))
    tolerance = plain_number(decimal(right[0].tolerance or "0"))
    fields = {"kind": "numeric", "answer": (plain_number(decimal(right[0].text)),)}
    return fields if Decimal(tolerance) == 0 else {**fields, "tolerance": tolerance}


def decimal(text: str) -> Decimal:
    """A number as Moodle writes it, with a point or a comma; raises `NotTaken`."""
    plain = text.strip()
    if not _NUMBER.fullmatch(plain) or quantity.number(plain.replace(",", ".")) is None:
        raise NotTaken(_("“%(text)s”不是数，请改正") % {"text": plain[:40]})
    return Decimal(plain.replace(",", "."))


def pairs(rows: Sequence[tuple[str, str]], *, notes: Notes) -> dict[str, Any]:
    """Matching, from pairs of left and right; a right one without a left is a stray."""
    left = [one for one, _other in rows if one]
    if not 2 <= len(left) <= len(LETTERS):
        raise NotTaken(_("连线题左栏有 %(count)d 项，应有 2–%(most)d 项") % {"count": len(left), "most": len(LETTERS)})
    targets = list(dict.fromkeys(other for _one, other in rows))
    numbers = {text: str(place) for place, text in enumerate(targets, start=1)}
    answer = [LETTERS[place] + numbers[other] for place, (_one, other) in enumerate(row for row in rows if row[0])]
    return {
        "kind": "matching",
        "options": tuple(Option(LETTERS[place], text) for place, text in enumerate(left)),
        "targets": tuple(Option(numbers[text], text) for text in targets),
        "answer": tuple(answer),
    }


def steps(texts: Sequence[str]) -> dict[str, Any]:
    """Ordering, from steps in their right order; `items.mixed` shuffles them."""
    if not 2 <= len(texts) <= len(LETTERS):
        raise NotTaken(_("排序题有 %(count)d 步，应有 3–%(most)d 步") % {"count": len(texts), "most": len(LETTERS)})
    options = tuple(Option(LETTERS[place], text) for place, text in enumerate(texts))
    return {"kind": "ordering", "options": options, "answer": tuple(option.key for option in options)}


def explained(general: str, rows: Iterable[Row], *, notes: Notes) -> str:
    """The general feedback and that of the answers, as one explanation."""
    texts = [general, *(row.feedback for row in rows)]
    found = list(dict.fromkeys(text for text in texts if text.strip()))
    if any(row.feedback.strip() for row in rows):
        notes.lose(_("各答案的反馈合并为解析，不再区分对错"))
    if len(found) <= 1:
        return found[0] if found else ""
    return rich.clean("".join(f"<div>{text}</div>" for text in found)).text
