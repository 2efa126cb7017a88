"""Before the first batch: divisions, bureaus, people, the standard, the banks, institutions and a filing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jiangheng.core.law.occupations import starter
from jiangheng.core.law.standard_text import parse_standard, shipped, shipped_text

from . import banks, banks_practice, city
from .hands import do, it_is, make, upload

Report = Callable[[str, int, int], None]
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def quiet(label: str, done: int, total: int) -> None:
    """Report nothing."""


def foundation(*, report: Report = quiet) -> dict[str, Any]:
    """Divisions, bureaus, people, the standard, the banks, the institutions and the enterprise's filing."""
    it_is("2026-06-01")
    city.establish_regions()
    report("建立桂林市和 17 个县（市、区）", 1, 1)
    city.city_staff()
    report("市局、指导中心和县（市、区）局的人员就位", 1, 1)
    catalogue = make(
        "catalogue.load", city.region("450300"), "gl.center1", edition=starter().edition, source=starter().source
    )
    do("catalogue.enact", catalogue, "gl.center2")
    report(f"启用职业目录（{len(starter().occupations)} 个职业）", 1, 1)
    standard = make("standard.draft", city.region("450300"), "gl.center1", text=shipped_text("electrician-6-31-01-03"))
    do("standard.enact", standard, "gl.center2")
    report("颁布电工职业标准", 1, 1)
    other_standards(report=report)
    banks.unified(report=report)
    things = city.institutions()
    report("登记五家评价机构", 1, 1)
    banks.own(things["lg"], report=report)
    banks_practice.practice(report=report)
    it_is("2026-06-03", "10:20")
    things["standard"] = standard
    things["filing"] = file_enterprise(things["lg"], standard)
    report("漓光电气的电工备案受理并备案", 1, 1)
    return things


def other_standards(*, report: Report = quiet) -> None:
    """The other shipped standards of the city; an enterprise's own comes by its own way."""
    names = [name for name in shipped() if not name.startswith("electrician")]
    texts = [text for name in names if parse_standard(text := shipped_text(name)).kind != "evaluation"]
    for number, text in enumerate(texts, start=1):
        do("standard.enact", make("standard.draft", city.region("450300"), "gl.center1", text=text), "gl.center2")
        report("颁布其他职业标准和专项职业能力考核规范", number, len(texts))


def file_enterprise(enterprise: Any, standard: Any) -> Any:
    """The enterprise registers its site and rooms and files; the centre returns the filing once, then files it."""
    site = make("site.open", enterprise, "lg.manager", name="漓光技能考点", address="桂林市七星区朝阳路信息产业园8号")
    for name, kind, rows, columns in (
        ("机考一室", "theory", 5, 6), ("机考二室", "theory", 5, 6), ("电工实训场", "practical", 4, 6),
    ):  # fmt: skip
        make("room.add", site, "lg.manager", name=name, kind=kind, rows=rows, columns=columns)
    text = {
        "site": site.pk, "standard": str(standard.pk), "levels": ["5", "4", "3"],
        "statement": (
            "设技能评价办公室，专职 3 人；电工考评员 3 人，内部督导员 1 人；"
            "机考室两间共 60 机位，实训场 24 工位，均有视频监控。"
        ),
    }  # fmt: skip
    papers = {"document": upload("备案申请材料.pdf", PDF, "application/pdf")}
    filing = make("filing.draft", enterprise, "lg.manager", papers, **text)
    do("filing.submit", filing, "lg.manager")
    it_is("2026-06-04", "15:05")
    do(
        "filing.return",
        filing,
        "gl.center1",
        reason="评价能力说明未写明题库使用方式，请补充“使用全区统一题库”后重新申报",
    )
    it_is("2026-06-08", "09:40")
    again = {**text, "statement": text["statement"] + "理论考试使用全区统一题库。"}
    do("filing.revise", filing, "lg.manager", {"document": upload("备案申请材料.pdf", PDF, "application/pdf")}, **again)
    do("filing.submit", filing, "lg.manager")
    it_is("2026-06-09", "10:10")
    return do("filing.accept", filing, "gl.center1", opinion="材料齐全，同意备案")
