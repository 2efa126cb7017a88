"""Sound items of every kind, drawn by hypothesis: what other formats must carry there and back."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from PIL import Image

from jiangheng.apps.itembank.formats.found import Media, digest_of
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import KINDS, LETTERS, Area, Item, Option, RubricLine, check_item


def _picture(colour: str) -> Media:
    data = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(data, "PNG")
    return Media(data.getvalue(), "image/png", f"{colour}.png")


MEDIA = {digest_of(one.data): one for one in (_picture("red"), _picture("blue"))}
_DIGESTS = sorted(MEDIA)
_LETTERS = "电压流阻安全接地线甲乙丙αΩµ㎡𠮷 abcXYZ019<>&\"'{}~=#\\:*%|[]()/-+.,;?!，。；：（）×"
# A backslash before a bracket begins a formula, and a formula that is none is told of: not a sound text.
WORDS = st.text(_LETTERS, min_size=1, max_size=12).filter(lambda text: not re.search(r"\\[(\[]", text))
# What has a form of its own in some format: answers that are typed, units, sources.
PLAIN = st.text("电压流阻安全Ωabz019<>&\"'{}~=#:%[]()/-+.,", min_size=1, max_size=10).map(
    lambda text: " ".join(text.split()).strip()
)
_FORMULA = "<math><mfrac><mi>U</mi><msub><mi>R</mi><mn>1</mn></msub></mfrac></math>"


@st.composite
def texts(draw: st.DrawFn, *, pictures: bool = True) -> str:
    """A rich text: plain words, mostly; sometimes with everything the house's subset has."""
    words = rich.from_plain(draw(WORDS))
    shapes = [
        words,
        f"{words}<br/>{words}",
        f"<strong>{words}</strong><sub>2</sub>",
        f"<p>{words}</p><p>乙{_FORMULA}</p>",
        f"{words}<ul><li>{words}</li><li>丙</li></ul>",
        f'<table><tbody><tr><td>{words}</td><td colspan="2">丁</td></tr></tbody></table>',
        f"<pre>{words}</pre>",
    ]
    if pictures:
        shapes.append(f'{words}<img src="media:{draw(st.sampled_from(_DIGESTS))}" alt="图&quot;1" width="120"/>')
    text = rich.clean(draw(st.sampled_from(shapes))).text.strip()
    assume(rich.plain(text).strip() and rich.is_canonical(text))
    return text


def _options(draw: st.DrawFn, count: int, keys: str = LETTERS, **given: Any) -> tuple[Option, ...]:
    found = [draw(texts(**given)) for _place in range(count)]
    assume(len({"".join(rich.plain(text).split()) for text in found}) == count)
    return tuple(Option(key, text) for key, text in zip(keys, found, strict=False))


def _choice(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    count = draw(st.integers(3, 6))
    right = 1 if kind == "single" else draw(st.integers(2, count - 1))
    keys = draw(st.permutations(LETTERS[:count]))[:right]
    return {"stem": draw(texts()), "options": _options(draw, count), "answer": tuple(sorted(keys))}


def _judgement(draw: st.DrawFn) -> dict[str, Any]:
    return {"stem": draw(texts()), "options": KINDS["judgement"].options, "answer": (draw(st.sampled_from("AB")),)}


def _fill(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(1, 4))
    lead = [rich.from_plain(draw(WORDS)) for _place in range(count)]
    stem = rich.clean(
        "".join(f"{words}为____，" for words in lead) + draw(st.sampled_from(["。", "<p>____。</p>"]))
    ).text
    count += stem.endswith("____。</p>")
    accepted = st.lists(PLAIN.filter(bool), min_size=1, max_size=3, unique_by=str.casefold)
    return {"stem": stem.strip(), "answer": tuple("|".join(draw(accepted)) for _place in range(count))}


def _numeric(draw: st.DrawFn) -> dict[str, Any]:
    number = st.decimals(-9999, 9999, places=2, allow_nan=False).map(lambda value: format(value, "f"))
    answer = draw(st.one_of(number, st.integers(-99, 99).map(str), st.sampled_from(["1,000", "1.5e3", "１２"])))
    tolerance = draw(st.sampled_from(["", "0.5", "0.10", "2%", "12.5%"]))
    unit = draw(st.sampled_from(["", "Ω", "N m", "km/h", "m<sup>", "%"]))
    return {"stem": draw(texts()), "answer": (answer,), "tolerance": tolerance, "unit": unit}


def _matching(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(2, 5))
    words = draw(st.lists(PLAIN.filter(bool), min_size=count, max_size=count + 2, unique=True))
    targets = tuple(Option(str(place), rich.from_plain(text)) for place, text in enumerate(words, start=1))
    to = [draw(st.sampled_from([target.key for target in targets])) for _place in range(count)]
    answer = tuple(LETTERS[place] + key for place, key in enumerate(to))
    return {"stem": draw(texts()), "options": _options(draw, count), "targets": targets, "answer": answer}


def _ordering(draw: st.DrawFn) -> dict[str, Any]:
    options = _options(draw, draw(st.integers(3, 6)))
    answer = draw(st.permutations([option.key for option in options]))
    return {"stem": draw(texts()), "options": options, "answer": tuple(answer)}


def _hotspot(draw: st.DrawFn) -> dict[str, Any]:
    shapes = [("rect", (10, 10, 60, 50)), ("circle", (120, 40, 25)), ("poly", (10, 100, 80, 100, 40, 180, 15, 140))]
    drawn = draw(st.lists(st.sampled_from(shapes), min_size=1, max_size=3, unique=True))
    areas = tuple(Area(LETTERS[place], shape, coords) for place, (shape, coords) in enumerate(drawn))
    keys = draw(st.lists(st.sampled_from([area.key for area in areas]), min_size=1, unique=True))
    answer = tuple(sorted(keys))
    return {"stem": draw(texts()), "picture": draw(st.sampled_from(_DIGESTS)), "areas": areas, "answer": answer}


def _open(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"stem": draw(texts()), "reference": draw(texts())}
    if draw(st.booleans()):
        fields["rubric"] = (RubricLine(draw(texts()), 30), RubricLine(draw(texts()), 70))
    if kind == "calculation" and draw(st.booleans()):
        fields |= {"answer": ("12.50",), "tolerance": "1%", "unit": "A"}
    return fields


_FIELDS: dict[str, Any] = {
    "single": lambda draw: _choice(draw, "single"), "multiple": lambda draw: _choice(draw, "multiple"),
    "judgement": _judgement, "fill": _fill, "numeric": _numeric, "matching": _matching, "ordering": _ordering,
    "hotspot": _hotspot, "short": lambda draw: _open(draw, "short"), "essay": lambda draw: _open(draw, "essay"),
    "calculation": lambda draw: _open(draw, "calculation"),
}  # fmt: skip


@st.composite
def items(draw: st.DrawFn, kind: str, *, code: str = "S001") -> Item:
    """A sound item of one kind."""
    if kind == "case":
        return draw(_cases(code=code))
    explanation = draw(st.one_of(st.just(""), texts()))
    item = Item(
        code=code, kind=kind, point="A-A-A-001", range_code="A-A-A", difficulty=draw(st.integers(1, 5)),
        importance=draw(st.sampled_from("XYZ")), explanation=explanation, source=draw(PLAIN),
        seconds=draw(st.integers(0, 600)), enemies=tuple(draw(st.lists(st.sampled_from(["S-7", "题9"]), max_size=2))),
        **_FIELDS[kind](draw),
    )  # fmt: skip
    assume(not check_item(item))
    return item


@st.composite
def _cases(draw: st.DrawFn, *, code: str) -> Item:
    count = draw(st.integers(2, 4))
    kinds = [draw(st.sampled_from(sorted(_FIELDS))) for _place in range(count)]
    shares = [10] * (count - 1) + [100 - 10 * (count - 1)]
    parts = tuple(
        replace(draw(items(kind, code=f"{code}.{number}")), share=share, point="", range_code="", enemies=())
        for number, (kind, share) in enumerate(zip(kinds, shares, strict=True), start=1)
    )
    item = Item(code, "case", draw(texts()), point="A-A-A-001", range_code="A-A-A", parts=parts)
    assume(not check_item(item))
    return item
