"""Moodle XML in: the questions of an exported question bank (clause K7).

A question of a kind we have not, or whose answers cannot be ours, is said with its reason and its XML kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from jiangheng.apps.itembank.formats.archive import NotXml, is_zip, xml
from jiangheng.apps.itembank.formats.extension import NAMESPACE, Own, own_fields, own_in
from jiangheng.apps.itembank.formats.found import Found, Media, NotABank, Read, without_namesakes
from jiangheng.apps.itembank.formats.moodle_cloze import taken_apart
from jiangheng.apps.itembank.formats.moodle_kinds import (
    Row,
    accepted,
    choice,
    explained,
    fraction_of,
    number,
    pairs,
    steps,
    true_or_false,
    with_blank,
)
from jiangheng.apps.itembank.formats.moodle_text import Texts, format_of, raw
from jiangheng.apps.itembank.formats.notes import NotTaken
from jiangheng.apps.itembank.formats.qti_names import normalise
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import Item, Option, RubricLine, mixed
from jiangheng.kernel.kept import said as _

MOST_ITEMS = 20_000
OWN_REFERENCE = "jh-reference"
OWN_RUBRIC = "jh-rubric"
_CODE = re.compile(r"[^\s|]{1,60}")
_OPEN_LINES = 15


def read(data: bytes, *, name: str = "") -> Read:
    """A Moodle XML file. Raises :class:`NotABank` when it is none, hostile or broken."""
    if is_zip(data):
        raise NotABank(_("这是压缩包，不是 Moodle XML 文件。"), _export())
    try:
        root = xml(data)
    except NotXml as broken:
        raise NotABank(str(broken), _export()) from broken
    if root.tag != "quiz":
        raise NotABank(_("这个 XML 不是 Moodle 题库，根元素是“%(tag)s”。") % {"tag": str(root.tag)[-40:]}, _export())
    if len(root) > MOST_ITEMS:
        raise NotABank(
            _("文件里有 %(count)d 道题，超过一次 %(most)d 道的上限。") % {"count": len(root), "most": MOST_ITEMS},
            _("请按类别分成几个文件导出，再分别上传。"),
        )
    media: dict[str, Media] = {}
    found = tuple(without_namesakes(_questions(root, media)))
    if not found:
        raise NotABank(_("文件里没有试题。"), _export())
    return Read(found, media, "Moodle XML")


def _export() -> str:
    return _("请在 Moodle 的题库里选“导出”，格式选“Moodle XML”，再上传导出的 .xml 文件。")


def _questions(root: etree._Element, media: dict[str, Media]) -> Iterator[Found]:
    category = ""
    for place, question in enumerate(root.findall("question"), start=1):
        kind = question.get("type", "")
        if kind == "category":
            category = category_name(raw(question.find("category")))
            continue
        texts = Texts()
        where = _("第 %(place)d 题“%(name)s”") % {
            "place": place,
            "name": " ".join(raw(question.find("name")).split())[:40],
        }
        if kind == "description":
            yield Found(where, None, losses=(_("这是说明文字，不是试题，没有导入"),), point_name=category)
            continue
        try:
            item = _item(question, kind, texts, place)
        except NotTaken as reason:
            original = etree.tostring(question, encoding="utf-8", with_tail=False)
            yield Found(where, None, (str(reason),), original=original, point_name=category)
            continue
        media.update(texts.notes.media)
        yield Found(where, item, tuple(texts.notes.problems), tuple(texts.notes.losses), point_name=category)


def category_name(path: str) -> str:
    """The last step of a category's path; "//" is a slash within a name."""
    steps = path.strip().replace("//", "\x00").split("/")
    name = steps[-1].replace("\x00", "/").strip()
    return "" if name in ("top", "$course$", "$module$", "$system$") else name[:120]


def _item(question: etree._Element, kind: str, texts: Texts, place: int) -> Item:
    reader = _READERS.get(kind)
    if reader is None:
        raise NotTaken(_why_not(kind))
    fields = reader(question, texts)
    stem = fields.pop("stem", None)
    rows = fields.pop("rows", ())
    if "explanation" not in fields:
        fields["explanation"] = explained(texts.of(question.find("generalfeedback")), rows, notes=texts.notes)
    idnumber = (question.findtext("idnumber") or "").strip()
    item = Item(
        code=idnumber if _CODE.fullmatch(idnumber) else f"M{place:04d}",
        stem=texts.of(question.find("questiontext")) if stem is None else stem,
        **fields,
    )
    own = _own(question)
    return mixed(in_order(own_fields(item, own), dict(own.given).get("order", "").split()))


def _own(question: etree._Element) -> Own:
    ours = question.find(f"{{{NAMESPACE}}}bank-item")
    return Own() if ours is None else own_in(normalise(ours))


def in_order(item: Item, order: Sequence[str]) -> Item:
    """The item with steps or targets in the order our writer noted; as it is when the note does not fit."""
    if item.kind == "matching" and sorted(order) == sorted(item.target_keys):
        new = dict(zip(item.target_keys, order, strict=True))
        targets = sorted((Option(new[one.key], one.text) for one in item.targets), key=lambda one: int(one.key))
        return replace(item, targets=tuple(targets), answer=tuple(token[:1] + new[token[1:]] for token in item.answer))
    if item.kind == "ordering" and sorted(order) == sorted(item.keys):
        new = dict(zip(item.keys, order, strict=True))
        options = sorted((Option(new[one.key], one.text) for one in item.options), key=lambda one: one.key)
        return replace(item, options=tuple(options), answer=tuple(new[key] for key in item.answer))
    return item


def _rows(question: etree._Element, texts: Texts, *, plain: bool = False, within: str = "html") -> list[Row]:
    """The answers; their texts rich, or plain where a candidate types them."""
    rows = []
    for answer in question.findall("answer"):
        text = " ".join(raw(answer).split()) if plain else texts.of(answer, within=within)
        fraction = fraction_of(answer.get("fraction", "0"))
        tolerance = (answer.findtext("tolerance") or "").strip()
        rows.append(Row(text, fraction, texts.of(answer.find("feedback")), tolerance))
    return rows


def _multichoice(question: etree._Element, texts: Texts) -> dict[str, Any]:
    rows = _rows(question, texts)
    one = (question.findtext("single") or "true").strip().lower() in ("true", "1")
    return {**choice(rows, one=one, notes=texts.notes), "rows": rows}


def _truefalse(question: etree._Element, texts: Texts) -> dict[str, Any]:
    rows = _rows(question, texts, plain=True)
    right = [row.text.strip().lower() for row in rows if row.fraction > 0]
    if right not in (["true"], ["false"]):
        raise NotTaken(_("判断题没有恰好一个正确的答案"))
    return {**true_or_false(is_true=right == ["true"]), "rows": rows}


def _shortanswer(question: etree._Element, texts: Texts) -> dict[str, Any]:
    rows = _rows(question, texts, plain=True)
    minds_case = (question.findtext("usecase") or "0").strip() == "1"
    token = accepted(rows, notes=texts.notes, minds_case=minds_case)
    return {
        "kind": "fill",
        "answer": (token,),
        "rows": rows,
        "stem": with_blank(texts.of(question.find("questiontext"))),
    }


def _numerical(question: etree._Element, texts: Texts) -> dict[str, Any]:
    rows = _rows(question, texts, plain=True)
    fields = number(rows, notes=texts.notes)
    units = question.findall("units/unit")
    for unit in units:
        if fraction_of(unit.findtext("multiplier") or "1") == 1:
            fields.setdefault("unit", (unit.findtext("unit_name") or "").strip()[:20])
        else:
            texts.notes.lose(_("换算单位“%(unit)s”没有导入") % {"unit": (unit.findtext("unit_name") or "")[:20]})
    return {**fields, "rows": rows}


def _matching(question: etree._Element, texts: Texts) -> dict[str, Any]:
    rows = []
    for one in question.findall("subquestion"):
        rows.append((texts.of(one), rich.from_plain(" ".join(raw(one.find("answer")).split()))))
    return pairs([row for row in rows if row[1]], notes=texts.notes)


def _ordering(question: etree._Element, texts: Texts) -> dict[str, Any]:
    rows = sorted(_rows(question, texts), key=lambda row: row.fraction)
    chosen = (question.findtext("selecttype") or "ALL").strip().upper()
    if chosen not in ("ALL", "0", ""):
        texts.notes.lose(_("原题每次抽几步排序，导入后排全部步骤"))
    return {**steps([row.text for row in rows]), "rows": rows}


def _essay(question: etree._Element, texts: Texts) -> dict[str, Any]:
    lines = (question.findtext("responsefieldlines") or "").strip()
    if (question.findtext("attachmentsrequired") or "0").strip() not in ("0", ""):
        raise NotTaken(_("原题要求交附件，本系统没有"))
    reference, rubric = _grading(question.find("graderinfo"), texts)
    kind = "essay" if lines.isdecimal() and int(lines[:4]) >= _OPEN_LINES else "short"
    return {"kind": kind, "reference": reference, "rubric": rubric}


def _grading(graderinfo: etree._Element | None, texts: Texts) -> tuple[str, tuple[RubricLine, ...]]:
    """The reference and, where our own writer set them out, the marking lines."""
    written = raw(graderinfo)
    if graderinfo is None or (OWN_REFERENCE not in written and OWN_RUBRIC not in written):
        return texts.of(graderinfo), ()
    try:
        tree = xml(f"<div>{written}</div>".encode())
    except NotXml:
        return texts.of(graderinfo), ()
    references = [
        texts.said(_inner(one), format_of(graderinfo, "html"), graderinfo)
        for one in tree.iter("div")
        if one.get("class") == OWN_REFERENCE
    ]
    lines = []
    for one in tree.iter("li"):
        share = one.get("data-share", "")
        if share.isdecimal() and len(share) < 4:
            lines.append(RubricLine(texts.said(_inner(one), "html", graderinfo), int(share)))
    return (references[0] if references else ""), tuple(lines)


def _inner(element: etree._Element) -> str:
    whole = etree.tostring(element, method="html", encoding="unicode", with_tail=False)
    return whole.partition(">")[2].rpartition("<")[0]


def _cloze(question: etree._Element, texts: Texts) -> dict[str, Any]:
    element = question.find("questiontext")
    html, fields = taken_apart(raw(element), notes=texts.notes)
    assert element is not None
    written = format_of(element, "html")
    return {**fields, "stem": texts.said(html, "html" if written == "html" else "moodle_auto_format", element)}


_READERS: Mapping[str, Callable[[etree._Element, Texts], dict[str, Any]]] = {
    "multichoice": _multichoice,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "matching": _matching,
    "match": _matching,
    "ordering": _ordering,
    "essay": _essay,
    "cloze": _cloze,
    "multianswer": _cloze,
}


def _why_not(kind: str) -> str:
    """Why a kind is not taken."""
    calculated = _("题中的数随机生成（calculated），本系统的试题是固定的，请改为数值题")
    dragged = _("这是把标记拖到图上的题，拖动与点选不是一回事，请在本系统按识图题重做")
    known = {
        "calculated": calculated,
        "calculatedmulti": calculated,
        "calculatedsimple": calculated,
        "ddmarker": dragged,
        "ddimageortext": dragged,
        "ddwtos": _("这是把词拖进文字的题，请改为填空题或连线题"),
        "gapselect": _("这是在文字里选词的题，请改为填空题"),
        "random": _("这是随机抽题的占位，不是试题"),
        "randomsamatch": _("这是随机拼成的连线题，不是固定的试题"),
    }
    return known.get(kind) or _("题型“%(kind)s”本系统没有") % {"kind": kind[:40]}
