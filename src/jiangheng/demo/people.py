"""Invented people: names, valid identity numbers, drawn portraits; the same for the same seed."""

from __future__ import annotations

import datetime as dt
import io
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw

from jiangheng.core.law.identity import make_identity

FAMILY = "秦莫韦覃蒋唐廖阳黄李陈刘梁周邓龙石潘蓝罗谢贺易段文毛侯申屠"
GIVEN = (
    "漓江", "桂生", "明远", "志强", "建国", "海燕", "丽君", "晓峰", "春梅", "永福",
    "荔红", "国栋", "玉兰", "文韬", "思源", "俊杰", "雅琴", "立新", "振华", "秀英",
    "启航", "若兰", "子墨", "德胜", "金桂", "月明", "水生", "万里", "安宁", "承志",
)  # fmt: skip
COUNTIES = (
    "450302",
    "450303",
    "450304",
    "450305",
    "450311",
    "450312",
    "450321",
    "450323",
    "450324",
    "450325",
    "450332",
)


@dataclass(frozen=True)
class Person:
    """An invented worker."""

    name: str
    identity: str
    sex: str
    birth: dt.date
    phone: str


def people(count: int, *, seed: int, born: tuple[int, int] = (1972, 2000)) -> list[Person]:
    """That many different people."""
    draw = random.Random(seed)  # noqa: S311 - invented people keep no secret
    found: dict[str, Person] = {}
    while len(found) < count:
        sex = draw.choice("1112")
        birth = dt.date(draw.randint(*born), draw.randint(1, 12), draw.randint(1, 28))
        number = make_identity(draw.choice(COUNTIES), birth=birth, sequence=draw.randint(0, 499), sex=sex)
        name = draw.choice(FAMILY[:-1]) + draw.choice(GIVEN)
        # numbers that no operator gives out, so that no real telephone is ever in the demo
        phone = f"1990000{len(found):04d}"
        found.setdefault(number, Person(name, number, sex, birth, phone))
    return list(found.values())


def portrait(person: Person) -> bytes:
    """A drawn one-inch portrait on white, JPEG: plainly not a photograph of anybody."""
    draw = random.Random(person.identity)  # noqa: S311
    skin = draw.choice(("#f1cfb3", "#e8bf9e", "#d9a982", "#f4d9c4"))
    hair = draw.choice(("#1f1a17", "#2b211c", "#3a2e28", "#111111"))
    coat = draw.choice(("#2f4858", "#33658a", "#3d5a40", "#5b4b6b", "#6b4226", "#41535d"))
    scale = 3
    image = Image.new("RGB", (358 * scale, 460 * scale), "#ffffff")
    pen = ImageDraw.Draw(image)

    def box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        return left * scale, top * scale, right * scale, bottom * scale

    wide = draw.randint(-8, 8)
    pen.ellipse(box(30, 352, 328, 660), fill=coat)
    pen.polygon([(x * scale, y * scale) for x, y in ((139, 350), (219, 350), (179, 425))], fill="#ffffff")
    pen.rounded_rectangle(box(150, 300, 208, 378), radius=22 * scale, fill=skin)
    if person.sex == "2":
        pen.ellipse(box(80 - wide, 82, 278 + wide, 345), fill=hair)
    pen.ellipse(box(103 - wide, 118, 255 + wide, 332), fill=skin)
    pen.ellipse(box(90 - wide, 205, 116 - wide, 252), fill=skin)
    pen.ellipse(box(242 + wide, 205, 268 + wide, 252), fill=skin)
    pen.pieslice(box(94 - wide, 84, 264 + wide, 270), 180, 360, fill=hair)
    pen.rectangle(box(103 - wide, 168, 122 - wide, 200), fill=hair)
    pen.rectangle(box(236 + wide, 168, 255 + wide, 200), fill=hair)
    for x in (146, 212):
        pen.ellipse(box(x - 9, 212, x + 9, 226), fill="#ffffff")
        pen.ellipse(box(x - 6, 212, x + 6, 226), fill="#26211f")
        pen.line(box(x - 16, 198, x + 16, 196), fill=hair, width=4 * scale)
    pen.arc(box(166, 232, 192, 262), 30, 150, fill="#a9775a", width=3 * scale)
    pen.arc(box(150, 258, 208, 296), 25, 155, fill="#b0524a", width=4 * scale)
    smooth = image.resize((358, 460), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    smooth.save(out, "JPEG", quality=92)
    return out.getvalue()
