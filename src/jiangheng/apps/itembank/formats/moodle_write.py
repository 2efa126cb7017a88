"""Our items as Moodle XML, pictures inside (clause K7).

What Moodle has no place for stands in our own element of each question, which Moodle passes over when it reads; kinds
it has not at all are left out and said.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from jiangheng.apps.itembank.formats.extension import extension_of, plain_number, plainly
from jiangheng.apps.itembank.formats.found import Media, Written
from jiangheng.apps.itembank.formats.moodle_cloze import put_together
from jiangheng.apps.itembank.formats.moodle_read import OWN_REFERENCE, OWN_RUBRIC
from jiangheng.apps.itembank.formats.notes import NotTaken
from jiangheng.apps.itembank.formats.pictures import file_name
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import Item

_LINES = {"short": "8", "calculation": "10", "essay": "20"}
_STATED = frozenset({"answer", "unit", "tolerance"})


def write(items: Sequence[Item], *, media: Mapping[str, Media], title: str) -> Written:
    """The file and, by item code, what Moodle will not see. An item that cannot be carried is left out."""
    losses: dict[str, tuple[str, ...]] = {}
    quiz = etree.Element("quiz")
    category = etree.SubElement(quiz, "question", type="category")
    etree.SubElement(
        etree.SubElement(category, "category"), "text"
    ).text = f"$course$/{_one_line(title).replace('/', '//')}"
    for item in items:
        try:
            quiz.append(_question(item, media))
        except NotTaken as refused:
            losses[item.code] = (str(refused),)
            continue
        except ValueError:
            losses[item.code] = (_("题中有文件不能写的字符，没有写入文件，请先改正"),)
            continue
        if lost := _losses(item):
            losses[item.code] = lost
    return Written(etree.tostring(quiz, xml_declaration=True, encoding="UTF-8"), losses)


def _one_line(text: str) -> str:
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())[:120] or "题库"


def _question(item: Item, media: Mapping[str, Media]) -> etree._Element:
    writer = _WRITERS.get(item.kind)
    if writer is None:
        raise NotTaken(
            _("Moodle 没有案例题，没有写入文件，请改用 QTI 3.0 导出")
            if item.kind == "case"
            else _("Moodle 没有在图上点选的题，没有写入文件，请改用 QTI 3.0 导出")
        )
    kind, fill = writer
    question = etree.Element("question", type=kind)
    etree.SubElement(etree.SubElement(question, "name"), "text").text = _one_line(
        f"{item.code} {rich.plain(item.stem)}"
    )[:80]
    stem = put_together(item.stem, item.answer) if item.kind == "fill" else item.stem
    _text(question, "questiontext", stem, media)
    _text(question, "generalfeedback", item.explanation, media)
    for name, value in (("defaultgrade", "1"), ("penalty", "0"), ("hidden", "0"), ("idnumber", item.code)):
        etree.SubElement(question, name).text = value
    fill(question, item, media)
    ours = extension_of(item, stated=_STATED if "%" not in item.tolerance else _STATED - {"tolerance"})
    if order := _order_in_file(item):
        ours.set("order", " ".join(order))
    question.append(ours)
    return question


def _order_in_file(item: Item) -> tuple[str, ...]:
    """The keys of steps or targets as Moodle's file has them one after another, which is not the author's order."""
    if item.kind == "ordering":
        return item.answer
    if item.kind != "matching":
        return ()
    paired = [token[1:] for token in item.answer]
    return tuple(dict.fromkeys([*paired, *sorted(set(item.target_keys) - set(paired))]))


def _text(parent: etree._Element, name: str, text: str, media: Mapping[str, Media], **given: str) -> etree._Element:
    """A text element with the pictures it shows."""
    shown = rich.media_of(text)
    if missing := shown - media.keys():
        raise NotTaken(
            _("题中的图片 %(name)s… 不在题库里，没有写入文件，请补上图片后再导出") % {"name": min(missing)[:12]}
        )
    element = etree.SubElement(parent, name, format="html", **given)
    names = {digest: file_name(digest, media[digest]) for digest in sorted(shown)}
    html = rich.with_media(text, {digest: f"@@PLUGINFILE@@/{name}" for digest, name in names.items()})
    etree.SubElement(element, "text").text = html
    for digest, file in names.items():
        carried = etree.SubElement(element, "file", name=file, path="/", encoding="base64")
        carried.text = base64.b64encode(media[digest].data).decode("ascii")
    return element


def _answer(parent: etree._Element, text: str, fraction: str, media: Mapping[str, Media]) -> etree._Element:
    return _text(parent, "answer", text, media, fraction=fraction)


def _choice(question: etree._Element, item: Item, media: Mapping[str, Media]) -> None:
    several = item.kind == "multiple"
    etree.SubElement(question, "single").text = "false" if several else "true"
    etree.SubElement(question, "shuffleanswers").text = "true"
    etree.SubElement(question, "answernumbering").text = "ABCD"
    # Moodle knows fractions to five places; a wrong one costs everything, so that ticking all earns nothing.
    share = f"{Decimal(100) / len(item.answer):.5f}".rstrip("0").rstrip(".")
    for option in item.options:
        _answer(question, option.text, share if option.key in item.answer else "-100" if several else "0", media)


def _judgement(question: etree._Element, item: Item, media: Mapping[str, Media]) -> None:
    for word, key in (("true", "A"), ("false", "B")):
        answer = etree.SubElement(
            question, "answer", fraction="100" if key in item.answer else "0", format="plain_text"
        )
        etree.SubElement(answer, "text").text = word


def _numeric(question: etree._Element, item: Item, media: Mapping[str, Media]) -> None:
    answer, tolerance = plainly(item.answer[0]), plainly(item.tolerance)
    if tolerance.endswith("%"):
        tolerance = plain_number(abs(Decimal(answer)) * Decimal(tolerance[:-1]) / 100)
    row = etree.SubElement(question, "answer", fraction="100", format="plain_text")
    etree.SubElement(row, "text").text = answer
    etree.SubElement(row, "tolerance").text = tolerance or "0"
    if item.unit:
        unit = etree.SubElement(etree.SubElement(question, "units"), "unit")
        etree.SubElement(unit, "multiplier").text = "1"
        etree.SubElement(unit, "unit_name").text = item.unit
    for name, value in (("unitgradingtype", "0"), ("unitpenalty", "0"), ("showunits", "0" if item.unit else "3")):
        etree.SubElement(question, name).text = value


def _matching(question: etree._Element, item: Item, media: Mapping[str, Media]) -> None:
    etree.SubElement(question, "shuffleanswers").text = "true"
    right = {token[:1]: token[1:] for token in item.answer}
    targets = {target.key: target.text for target in item.targets}
    if any(rich.from_plain(rich.plain(text)) != text for text in targets.values()):
        raise NotTaken(_("连线题右栏有格式、公式或图片，Moodle 只收纯文字，没有写入文件"))
    for option in item.options:
        _pair(question, option.text, targets[right[option.key]], media)
    for key in sorted(targets.keys() - set(right.values())):
        _pair(question, "", targets[key], media)


def _pair(question: etree._Element, left: str, right: str, media: Mapping[str, Media]) -> None:
    one = _text(question, "subquestion", left, media)
    etree.SubElement(etree.SubElement(one, "answer"), "text").text = rich.plain(right)


def _ordering(question: etree._Element, item: Item, media: Mapping[str, Media]) -> None:
    for name, value in (
        ("layouttype", "VERTICAL"), ("selecttype", "ALL"), ("selectcount", "0"), ("gradingtype", "ALL_OR_NOTHING"),
        ("showgrading", "HIDE"),
    ):  # fmt: skip
        etree.SubElement(question, name).text = value
    texts = {option.key: option.text for option in item.options}
    for place, key in enumerate(item.answer, start=1):
        _answer(question, texts[key], str(place), media)


def _open(question: etree._Element, item: Item, media: Mapping[str, Media]) -> None:
    for name, value in (
        ("responseformat", "editor"), ("responserequired", "1"), ("responsefieldlines", _LINES[item.kind]),
        ("attachments", "0"), ("attachmentsrequired", "0"),
    ):  # fmt: skip
        etree.SubElement(question, name).text = value
    parts = [f'<div class="{OWN_REFERENCE}">{item.reference}</div>'] if item.reference else []
    lines = "".join(f'<li data-share="{line.share}">{line.text}</li>' for line in item.rubric)
    parts += [f'<ol class="{OWN_RUBRIC}">{lines}</ol>'] if lines else []
    element = _text(question, "graderinfo", "".join((item.reference, *(line.text for line in item.rubric))), media)
    names = {digest: f"@@PLUGINFILE@@/{file_name(digest, one)}" for digest, one in media.items()}
    text = element.find("text")
    assert text is not None
    text.text = "".join(_addressed(part, names) for part in parts)


def _addressed(html: str, names: Mapping[str, str]) -> str:
    for digest, name in names.items():
        html = html.replace(f'src="media:{digest}"', f'src="{name}"')
    return html


def _fields_in_the_stem(question: etree._Element, item: Item, media: Mapping[str, Media]) -> None:
    """A cloze has nothing beside its text."""


_Writer = Callable[[etree._Element, Item, Mapping[str, Media]], None]
_WRITERS: Mapping[str, tuple[str, _Writer]] = {
    "single": ("multichoice", _choice),
    "multiple": ("multichoice", _choice),
    "judgement": ("truefalse", _judgement),
    "fill": ("cloze", _fields_in_the_stem),
    "numeric": ("numerical", _numeric),
    "matching": ("matching", _matching),
    "ordering": ("ordering", _ordering),
    "short": ("essay", _open),
    "calculation": ("essay", _open),
    "essay": ("essay", _open),
}


def _losses(item: Item) -> tuple[str, ...]:
    """What Moodle will not see of an item."""
    lost = [_("鉴定点、难度、重要程度、来源、用时和互斥题写在本系统的扩展里，Moodle 看不到")]
    if item.kind == "multiple":
        lost.append(_("多选题在 Moodle 按选项给分、错选倒扣，与全对才得分不同"))
    if item.kind == "matching":
        lost.append(_("连线题在 Moodle 按对给分"))
    if item.kind == "fill" and len(item.answer) > 1:
        lost.append(_("填空题在 Moodle 按空给分"))
    if item.kind == "numeric" and "%" in item.tolerance:
        lost.append(_("百分比误差在 Moodle 写成等值的绝对误差"))
    if item.kind in ("short", "calculation", "essay"):
        lost.append(_("人工评分题的题型之分（简答、计算、论述）Moodle 看不到，一律是问答题"))
    if item.kind == "calculation" and item.answer:
        lost.append(_("计算题的最后得数写在本系统的扩展里，Moodle 看不到"))
    return tuple(lost)
