"""Printing: data and pictures set by a typst template into an archival, accessible PDF (clauses W10, K10).

Three promises. Equal input gives equal bytes, so a document's digest can stand in the trail. Data is never source:
it reaches the template as JSON, whatever a name contains. A character the typeface does not have is refused before
anything is set, because a wrong glyph on a certificate is worse than no certificate.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from PIL import Image

from jiangheng.core.errors import Refusal, Refused

BODY = "Noto Serif SC"
"""The typeface of every datum. It has 30,928 characters; a display face has too few for people's names."""

MOST_PIXELS = 50_000_000
_IMAGE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NEVER = {"Co": "private", "Cs": "broken", "Cn": "broken", "Cc": "control", "Cf": "control"}


class FontsMissing(RuntimeError):
    """The folder of typefaces is not there or not complete: the front-end build brings them."""


class CannotPrint(Refused):
    """A text holds ``characters`` that cannot be set truly; ``field`` is its path in the data."""

    def __init__(self, field: str, characters: list[str], text: str = "", label: str = "") -> None:
        self.field = field
        self.characters = characters
        shown = "、".join(f"{_shown(character)}（U+{ord(character):04X}）" for character in characters)
        reason = _("“%(label)s”无法印制：%(text)s 中的 %(characters)s 字库里没有，印出来会是错字或空框。") % {
            "label": label or field,
            "text": "".join(_shown(character) for character in text),
            "characters": shown,
        }
        super().__init__([Refusal(reason, "W10", _mend(characters), field)])


class BadPicture(Refused):
    """A picture that is not a readable JPEG, PNG or (drawn by us) SVG."""

    def __init__(self, field: str, why: str) -> None:
        reason = _("图片“%(field)s”无法印制：%(why)s") % {"field": field, "why": why}
        super().__init__([Refusal(reason, "W10", _("请换一张 JPG 或 PNG 格式、能正常打开的照片。"), field)])


def _shown(character: str) -> str:
    return "□" if unicodedata.category(character) in _NEVER else character


def _mend(characters: list[str]) -> str:
    kinds = {_NEVER.get(unicodedata.category(character), "rare") for character in characters}
    if "private" in kinds:
        return _("这是旧系统的自造字（私用区编码）。请对照证件，用输入法重新录入该字的标准编码后再印。")
    if kinds & {"control", "broken"}:
        return _("文字里夹带了看不见的控制字符，常由复制粘贴带入。请删去整项，手工重新录入后再印。")
    return _("请对照证件核对该字；确为生僻字的，请报市中心补充字库，补好之前不得用近似字代替。")


@cache
def _characters(path: Path) -> tuple[str, frozenset[int]]:
    """Family name and code points of one font file."""
    with TTFont(path, lazy=True) as font:
        return str(font["name"].getBestFamilyName()), frozenset(font.getBestCmap())


def _strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _strings(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value, 1):
            yield from _strings(inner, f"{path}.{place}")


def _kind(name: str, data: bytes) -> str:
    """The suffix of a picture, after making sure that it is one."""
    if data.lstrip()[:5] in (b"<svg ", b"<?xml"):
        return "svg"
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadPicture(name, _("像素过多"))
            suffix = "jpg" if picture.format == "JPEG" else "png"
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise BadPicture(name, _("文件损坏或不是图片")) from broken
    return suffix


class Typesetter:
    """One typst compiler kept warm over one folder of typefaces; safe to share between threads."""

    def __init__(self, fonts: Path) -> None:
        families: dict[str, frozenset[int]] = {}
        for path in sorted(Path(fonts).glob("*.ttf")):
            family, points = _characters(path)
            families[family] = families.get(family, points) & points
        if BODY not in families:
            raise FontsMissing(f"no {BODY} among the typefaces; run the front-end build, it puts them in place")
        self._families = families
        # Never the machine's: a glyph borrowed from whatever it has would differ from machine to machine. The face of
        # formulas comes with the pinned compiler; templates allow no fallback, so only who names it gets it.
        faces = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(fonts)])
        self._compiler = typst.Compiler(font_paths=faces)
        self._one_at_a_time = threading.Lock()

    def unprintable(self, text: str, font: str = BODY) -> list[str]:
        """The characters of ``text`` which that typeface cannot show truly, each once, in order of appearance.

        Private-use, control and unassigned characters are always among them; the line break never is.
        """
        points = self._families[font]
        return [
            character
            for character in dict.fromkeys(text)
            if character != "\n" and (ord(character) not in points or unicodedata.category(character) in _NEVER)
        ]

    def typeset(
        self,
        template: str | Path,
        *,
        data: Mapping[str, Any],
        images: Mapping[str, bytes],
        dated: date,
        labels: Mapping[str, str] | None = None,
    ) -> bytes:
        """Set a template (its source, or the path of it) and give the PDF.

        The template reads ``json("/data.json")``, in which ``images`` maps each picture's name to its path. ``dated``
        is the document's own date (midnight UTC): the clock is never read. ``labels`` name fields for people, by the
        last part of their path. Raises :class:`CannotPrint` and :class:`BadPicture`.
        """
        self._refuse_unprintable(data, labels or {})
        source = template.read_bytes() if isinstance(template, Path) else template.encode()
        with tempfile.TemporaryDirectory(prefix="typeset-") as folder:
            root = Path(folder)
            paths = {name: _place(root, name, picture) for name, picture in images.items()}
            (root / "data.json").write_text(json.dumps({**data, "images": paths}, ensure_ascii=False), encoding="utf-8")
            stamp = datetime.combine(dated, time(), UTC)
            # PDF/A-2a lasts for decades, PDF/UA-1 is read aloud: title, language and alternative texts are compulsory.
            with self._one_at_a_time:
                made = self._compiler.compile(
                    input=source, root=root, format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=stamp
                )
        assert isinstance(made, bytes)
        return made

    def _refuse_unprintable(self, data: Mapping[str, Any], labels: Mapping[str, str]) -> None:
        for path, text in _strings(data):
            culprits = self.unprintable(text)
            if culprits:
                raise CannotPrint(path, culprits, text, labels.get(path.rpartition(".")[2], ""))


def _place(root: Path, name: str, picture: bytes) -> str:
    if not _IMAGE_NAME.fullmatch(name):
        raise ValueError(f"a picture is named by our own code with a plain word: {name!r}")
    file = f"{name}.{_kind(name, picture)}"
    (root / file).write_bytes(picture)
    return f"/{file}"
