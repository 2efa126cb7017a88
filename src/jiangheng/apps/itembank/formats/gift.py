"""GIFT in: Moodle's plain text for questions (clause K7).

Every kind of question GIFT knows; what is wrong is said with its line, and the others are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jiangheng.apps.itembank.formats.found import Found, NotABank, Read, without_namesakes
from jiangheng.apps.itembank.formats.gift_answers import answered
from jiangheng.apps.itembank.formats.gift_text import marked, rich_text, text_format, unescaped
from jiangheng.apps.itembank.formats.moodle_kinds import with_blank
from jiangheng.apps.itembank.formats.moodle_read import category_name
from jiangheng.apps.itembank.formats.notes import Notes, NotTaken
from jiangheng.core.exam.items import BLANK, Item, mixed
from jiangheng.kernel.kept import said as _

MOST_BYTES = 8 * 1024 * 1024
MOST_ITEMS = 20_000
MOST_LINES = 200
LOOK_AHEAD = 12
_CODE = re.compile(r"[\w.()-]{1,40}")
_NOTED = re.compile(r"\[id:([^\s\]]{1,60})\]")


@dataclass(frozen=True, slots=True)
class _Chunk:
    """The lines of one question. `line` is where it begins; `noted` the id in a comment before it."""

    line: int
    text: str
    noted: str = ""


def read(data: bytes, *, name: str = "") -> Read:
    """A GIFT file. Raises :class:`NotABank` when it is no text, too large or without questions."""
    text = _decoded(data)
    found: list[Found] = []
    category = ""
    for chunk in _chunks(text):
        if len(found) >= MOST_ITEMS:
            raise NotABank(
                _("文件里的题超过一次 %(most)d 道的上限。") % {"most": MOST_ITEMS}, _("请分成几个文件上传。")
            )
        where = _("第 %(line)d 行") % {"line": chunk.line}
        if chunk.text.startswith("$CATEGORY:"):
            category = category_name(unescaped(chunk.text.removeprefix("$CATEGORY:")))
            continue
        found.append(_question(chunk, where, category, number=len(found) + 1))
    if not any(one.item or one.problems for one in found):
        raise NotABank(_("文件里没有 GIFT 试题。"), _again())
    return Read(tuple(without_namesakes(found)), format="GIFT")


def _again() -> str:
    return _("请在 Moodle 的题库里选“导出”，格式选“GIFT”，或检查每道题的答案是否写在“{ }”里，再上传。")


def _decoded(data: bytes) -> str:
    """UTF-8 or UTF-16 with its mark, else the Chinese national encoding."""
    if len(data) > MOST_BYTES:
        raise NotABank(
            _("文件超过 %(most)d MB 的上限。") % {"most": MOST_BYTES // 1024 // 1024}, _("请分成几个文件上传。")
        )
    codecs = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for codec in codecs:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if not re.search("[\x00-\x08\x0e-\x1f\U000f0000-\U000f000f]", text):
            return text
    raise NotABank(
        _("这不是文本文件，或编码不是 UTF-8、GB 18030。"), _("请用记事本打开，另存为 UTF-8 编码的 .txt 文件再上传。")
    )


def _chunks(text: str) -> Iterator[_Chunk]:
    """The questions: apart by empty lines, unless the answer section is still open and goes on after it."""
    lines = re.split(r"\r\n|\r|\n", text)
    held: list[str] = []
    start, noted, depth = 1, "", 0
    for number, line in enumerate([*lines, ""], start=1):
        bare = line.strip()
        if bare.startswith("//"):
            if found := _NOTED.search(bare):
                noted = found[1]
        elif bare.startswith("$CATEGORY:") and not held:
            yield _Chunk(number, bare)
        elif bare:
            start = start if held else number
            held.append(line)
            signs = marked(line)
            depth += signs.count("{") - signs.count("}")
        elif held and not (depth > 0 and len(held) < MOST_LINES and _goes_on(lines[number : number + LOOK_AHEAD])):
            yield _Chunk(start, marked("\n".join(held).strip()), noted)
            held, noted, depth = [], "", 0


def _goes_on(following: list[str]) -> bool:
    """Whether the answer section goes on after an empty line: with an answer, and a "}" before any "{"."""
    filled = [line for line in following if line.strip()]
    if not filled or filled[0].strip()[0] not in "=~#}":
        return False
    for line in filled:
        signs = re.search(r"[{}]", marked(line))
        if signs:
            return signs[0] == "}"
    return False


def _question(chunk: _Chunk, where: str, category: str, *, number: int) -> Found:
    notes = Notes()
    try:
        item = _item(chunk, notes, number)
    except NotTaken as reason:
        return Found(where, None, (str(reason),), point_name=category)
    if item is None:
        return Found(where, None, losses=(_("这是说明文字，不是试题，没有导入"),), point_name=category)
    return Found(where, item, tuple(notes.problems), tuple(notes.losses), point_name=category)


def _item(chunk: _Chunk, notes: Notes, number: int) -> Item | None:
    text, title = chunk.text, ""
    if text.startswith("::") and (end := text.find("::", 2)) > 0:
        title, text = unescaped(text[2:end]).strip(), text[end + 2 :].strip()
    start, end = text.find("{"), text.find("}")
    if start < 0 and end < 0:
        return None
    if start < 0 or end < start:
        raise NotTaken(_("答案的“{”“}”不成对；题干里的花括号请写成“\\{”“\\}”"))
    before, inside, after = text[:start], text[start + 1 : end], text[end + 1 :]
    if "{" in inside or re.search(r"[{}]", after):
        raise NotTaken(_("一道题里有几处“{ }”；每道题只能有一处，题与题之间请空一行"))
    written, before = text_format(before.lstrip())
    fields = answered(inside.strip(), written, notes)
    gap = _gap(fields["kind"], before, after)
    stem = rich_text(_parted(before, gap, after), written, notes)
    if fields["kind"] == "fill" and not gap:
        stem = with_blank(stem)
    code = chunk.noted or (title if _CODE.fullmatch(title) else f"G{number:04d}")
    return mixed(Item(code="".join(code.split()), stem=stem, **fields))


def _gap(kind: str, before: str, after: str) -> str:
    """What stands in the sentence where the answers stood; nothing when they stood at its end."""
    if kind == "fill":
        return BLANK if after.strip() else ""
    return "（　　）" if before.strip() and after.strip() else ""


def _parted(before: str, gap: str, after: str) -> str:
    """The sentence with a gap in it; other underscores of the text are no gaps."""
    wide = (
        [re.sub("_{3,}", lambda run: "＿" * len(run[0]), part) for part in (before, after)] if gap else [before, after]
    )
    return wide[0] + gap + wide[1]
