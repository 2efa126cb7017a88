"""Rich texts and pictures of items on their way into a printed document (K13)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence

from PIL import Image, ImageDraw

from jiangheng.core.exam import rich, rich_typst
from jiangheng.core.exam.items import Area
from jiangheng.kernel.typeset import BadPicture

from .found import Media

_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
# A string of the markup, a sign behind a backslash, or a formula's dollar: only the last is looked for.
_SIGNS = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|\$', re.DOTALL)
# Signs of formulas that the typeface of texts lacks and the one of formulas has: they pass by their number.
_FORMULA_ONLY = re.compile(r"\\?([⟨⟩⌈⌉⌊⌋⋅⁻])")
# Signs that the typeface of texts lacks and that can be set in another way.
_OTHERWISE = {
    **{chr(0x2080 + digit): f"<sub>{digit}</sub>" for digit in range(10)},
    **{chr(0x2070 + digit): f"<sup>{digit}</sup>" for digit in (0, 4, 5, 6, 7, 8, 9)},
    "⁺": "<sup>+</sup>", "⁻": "<sup>−</sup>", "ⁿ": "<sup>n</sup>", "ₙ": "<sub>n</sub>", "⋅": "·", "☐": "□",
}  # fmt: skip
_PRINTED = {"image/png", "image/jpeg"}
_MARK = (200, 30, 30)


class Pictures:
    """The pictures that a document shows: gathered while its texts are turned into markup, each given a name."""

    def __init__(self, media: Mapping[str, Media]) -> None:
        self._media = media
        self.named: dict[str, bytes] = {}

    def markup(self, text: str) -> str:
        """Typst markup of a rich text; its pictures are taken along. A picture that is not there is named in words."""
        if not text:
            return ""
        text = _settable(text)
        names = {digest: name for digest in sorted(rich.media_of(text)) if (name := self.name_of(digest))}
        formulas = [rich.plain(found[0]) for found in _MATH.finditer(text)]
        return _spoken(rich_typst.typst(text, names), formulas)

    def name_of(self, digest: str) -> str:
        """The name under which the document finds a picture; empty without one."""
        if digest not in self._media:
            return ""
        name = f"p{digest[:16]}"
        if name not in self.named:
            self.named[name] = _raster(self._media[digest])
        return name

    def marked(self, digest: str, areas: Sequence[Area]) -> str:
        """The picture with areas outlined, as the key shows it; empty without a picture."""
        if digest not in self._media:
            return ""
        name = f"k{digest[:16]}" + "".join(area.key.lower() for area in areas)
        if name not in self.named:
            self.named[name] = _outlined(_raster(self._media[digest]), areas)
        return name


def _settable(text: str) -> str:
    """The rich text with lacking signs outside its formulas set in another way."""
    apart = re.split(f"({_MATH.pattern})", text, flags=re.DOTALL)
    words = str.maketrans(_OTHERWISE)
    return "".join(part if place % 2 else part.translate(words) for place, part in enumerate(apart))


def _spoken(markup: str, formulas: Sequence[str]) -> str:
    """The markup with every formula said in words beside it, for whoever listens to the document (PDF/UA)."""
    out: list[str] = []
    told = iter(formulas)
    inside = False
    done = 0
    for found in _SIGNS.finditer(markup):
        if found[0] != "$":
            continue
        piece = markup[done : found.start()]
        done = found.end()
        if inside:
            out.append(_FORMULA_ONLY.sub(lambda sign: f"\\u{{{ord(sign[1]):x}}}", piece) + "$];")
        else:
            words = _FORMULA_ONLY.sub(" ", next(told, "")).replace("\\", " ").replace('"', " ").replace("\n", " ")
            out.append(f'{piece}#[#set math.equation(alt: "{words.strip() or "公式"}");$')
        inside = not inside
    return "".join(out) + markup[done:]


def _raster(media: Media) -> bytes:
    """A picture as a typesetter takes it: PNG and JPEG as they are, others drawn anew."""
    if media.media_type in _PRINTED:
        return media.data
    return _saved(_opened(media.data, name=media.name))


def _outlined(data: bytes, areas: Iterable[Area]) -> bytes:
    picture = _opened(data, name="题图")
    pen = ImageDraw.Draw(picture)
    width = max(3, picture.width // 150)
    for area in areas:
        at = area.coords
        if area.shape == "circle":
            pen.ellipse((at[0] - at[2], at[1] - at[2], at[0] + at[2], at[1] + at[2]), outline=_MARK, width=width)
        elif area.shape == "rect":
            pen.rectangle(at, outline=_MARK, width=width)
        else:
            pen.polygon(at, outline=_MARK, width=width)
    return _saved(picture)


def _opened(data: bytes, *, name: str) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise BadPicture(name, "文件损坏或不是图片") from broken


def _saved(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return out.getvalue()
