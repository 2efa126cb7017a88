"""Papers on paper: what stands on them and what never does, who may fetch them and when (K13, K14)."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import jiangheng
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.exam import rich_typed
from jiangheng.core.exam.blueprint import Blueprint, KindRow
from jiangheng.core.exam.items import Area, Item, Option, RubricLine
from jiangheng.kernel.typeset import CannotPrint, Typesetter
from kept import kept

PICTURE = "a" * 64
AT = dt.datetime(2026, 11, 23, 6, 30, tzinfo=dt.UTC)
DIGEST = "0123456789abcdef" * 4
needs_reader = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils reads the PDF back")


@pytest.fixture(scope="module")
def setter() -> Typesetter:
    return Typesetter(Path(jiangheng.__file__).parent / "web" / "fonts")


def words(data: bytes) -> str:
    """The text of a PDF without spaces: a page breaks lines where it likes."""
    read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True)
    return re.sub(r"\s+", "", read.stdout.decode())


def pages(data: bytes) -> int:
    told = subprocess.run(["pdfinfo", "-"], input=data, capture_output=True, check=True).stdout.decode()
    return int(re.search(r"Pages:\s+(\d+)", told)[1])  # type: ignore[index]


def rich(text: str) -> str:
    return rich_typed.from_typed(text, pictures=[PICTURE]).text


def options(*texts: str) -> tuple[Option, ...]:
    return tuple(Option(key, rich(text)) for key, text in zip("ABCDEFGH", texts, strict=False))


ITEMS = (
    Item("S1", "single", rich("电压表应____接入电路（　　）"), options("并联", "串联", "混联", "短接"), ("A",)),
    Item("S2", "single", rich(r"由 \(R=\frac{U}{I}\) 得 I₁ 为 [图1：接线图]"), options("2", "3", "4"), ("C",)),
    Item("M1", "multiple", "绝缘用具有", options("绝缘手套", "绝缘鞋", "棉手套"), ("A", "B")),
    Item("J1", "judgement", "验电后方可挂接地线", (Option("A", "正确"), Option("B", "错误")), ("A",)),
    Item("F1", "fill", "工频为____Hz", answer=("50|五十",)),
    Item("N1", "numeric", "求电阻", answer=("12.5",), tolerance="0.1", unit="Ω"),
    Item("P1", "matching", "配对", options("电阻器", "电容器"), ("A2", "B1"),
         targets=(Option("1", "储能"), Option("2", "限流"))),
    Item("O1", "ordering", "排序", options("挂牌", "验电", "停电"), ("C", "B", "A")),
    Item("H1", "hotspot", "标出熔断器", answer=("A",), picture=PICTURE, areas=(Area("A", "rect", (5, 5, 30, 20)),)),
    Item("Q1", "short", "简述急救步骤", reference="先行断电施救",
         rubric=(RubricLine("断电要点", 40), RubricLine("呼救要点", 60))),
    Item("C1", "calculation", "求额定电流", answer=("11.3",), unit="A", reference="代入公式得"),
    Item("K1", "case", "某车间电动机停转", parts=(
        Item("K1.1", "single", "原因是", options("缺相", "过载", "短路"), ("B",), share=40),
        Item("K1.2", "short", "如何处理", share=60, reference="更换熔体", rubric=(RubricLine("换熔体", 100),)),
    )),
    Item("E1", "essay", "论述安全用电", reference="从制度论起", rubric=(RubricLine("制度", 100),)),
)  # fmt: skip
MARKS = {"single": 5, "judgement": 5, "case": 20, "essay": 20}
ANSWERS_ONLY = ("五十", "12.5", "允许误差", "先行断电施救", "断电要点", "代入公式得", "11.3", "更换熔体", "从制度论起")


def picture() -> Any:
    from jiangheng.apps.itembank.formats.found import Media

    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(drawn, "GIF")
    return Media(drawn.getvalue(), "image/gif", "题图.gif")


def paper(*items: Item, title: str = "电工 五级/初级工 理论知识考试", form: str = "A") -> Any:
    from jiangheng.apps.itembank.formats.printing import Printed

    chosen = items or ITEMS
    kinds = tuple(dict.fromkeys(item.kind for item in chosen))
    rows = tuple(
        KindRow(kind, sum(item.kind == kind for item in chosen), Decimal(MARKS.get(kind, 5))) for kind in kinds
    )
    blueprint = Blueprint(level="5", kinds=rows, total=Decimal(100), minutes=90, pass_mark=Decimal(60))
    return Printed(
        title=title, form=form, digest=DIGEST, blueprint=blueprint, items=tuple(chosen), media={PICTURE: picture()}
    )


@pytest.fixture
def handed() -> Any:
    from jiangheng.apps.itembank.formats.printing import Handed

    return Handed(by="韦秀兰", at=AT)


@needs_reader
@pytest.mark.parametrize("sheet", ["a4", "a3"])
def test_a_paper_shows_every_kind_in_chinese_and_no_answer(setter: Typesetter, handed: Any, sheet: str) -> None:
    from jiangheng.apps.itembank.formats.printing import paper_pdf

    said = words(paper_pdf(setter, paper(), handed=handed, sheet=sheet))
    for shown in ("一、单选题", "第1–2题", "每题5分，共10分", "并联", "十二、论述题", "电阻器", "限流", "储能", "缺相"):
        assert shown in said, shown
    assert "试卷结束" in said and "密封线内不得答题" in re.sub(r"\s", "", said)
    for secret in ANSWERS_ONLY:
        assert secret not in said, secret
    assert "�" not in said


@needs_reader
def test_every_page_names_who_fetched_it_when_and_the_papers_digest(setter: Typesetter, handed: Any) -> None:
    from jiangheng.apps.itembank.formats import printing

    four = options(*(["较长的选项文字" * 3] * 4))
    many = [Item(f"S{n:03d}", "single", f"第{n}个题干" * 12, four, ("A",)) for n in range(60)]
    for made in (
        printing.paper_pdf(setter, paper(*many), handed=handed),
        printing.answers_pdf(setter, paper(), handed=handed),
        printing.key_pdf(setter, paper(), handed=handed),
    ):
        said, count = words(made), pages(made)
        assert said.count("韦秀兰2026-11-2314:30") > count
        assert said.count(DIGEST[:16]) == count
        for number in range(1, count + 1):
            assert f"第{number}页，共{count}页" in said


@needs_reader
def test_an_answer_sheet_gives_room_by_number_and_neither_stems_nor_answers(setter: Typesetter, handed: Any) -> None:
    from jiangheng.apps.itembank.formats.printing import answers_pdf

    said = words(answers_pdf(setter, paper(), handed=handed))
    assert "答题卡" in said and "1ABCD2ABC" in said and "准考证号" in said
    for hidden in (*ANSWERS_ONLY, "并联", "验电", "急救", "停转"):
        assert hidden not in said, hidden


@needs_reader
def test_the_key_tells_answers_marking_lines_and_their_marks(setter: Typesetter, handed: Any) -> None:
    from jiangheng.apps.itembank.formats.printing import key_pdf

    said = words(key_pdf(setter, paper(), handed=handed))
    for shown in (*ANSWERS_ONLY, "机密", "A–2，B–1", "C→B→A", "断电要点2", "呼救要点3", "换熔体12"):
        assert shown in said, shown


@needs_reader
def test_a_sessions_print_lists_who_gets_which_form_then_each_form_with_its_sheet(setter: Any, handed: Any) -> None:
    from jiangheng.apps.itembank.formats.printing import Seat, session_pdf

    forms = [paper(ITEMS[0], form="A"), paper(ITEMS[3], form="B")]
    seats = [Seat(seat=str(n), name=f"考生{n}", ticket=f"26101545030101{n:04d}", form="AB"[n % 2]) for n in (1, 2, 3)]
    said = words(session_pdf(setter, forms, seats, place="机考一室", when="10月15日", handed=handed, spare=1))
    assert "B2（另备用1）" in said and "A1（另备用1）" in said
    assert "2考生2261015450301010002A" in said
    assert said.count("答题卡（A卷）") == said.count("答题卡（B卷）") == 1 and "并联" in said
    with pytest.raises(ValueError, match="no paper"):
        session_pdf(setter, [], seats, place="", when="", handed=handed)


def test_an_unknown_sheet_is_refused(setter: Typesetter, handed: Any) -> None:
    from jiangheng.apps.itembank.formats.printing import paper_pdf

    with pytest.raises(ValueError, match="a5"):
        paper_pdf(setter, paper(), handed=handed, sheet="a5")


def test_equal_input_gives_equal_bytes_and_another_hand_another_file(setter: Typesetter, handed: Any) -> None:
    from jiangheng.apps.itembank.formats.printing import Handed, paper_pdf

    first = paper_pdf(setter, paper(), handed=handed)
    assert first == paper_pdf(setter, paper(), handed=handed)
    assert first != paper_pdf(setter, paper(), handed=Handed(by="莫建军", at=AT))


def test_a_character_without_a_glyph_is_refused_and_never_printed_as_a_box(setter: Typesetter, handed: Any) -> None:
    from jiangheng.apps.itembank.formats.printing import paper_pdf

    with pytest.raises(CannotPrint):
        paper_pdf(setter, paper(Item("S1", "single", "\ue123是什么", options("甲", "乙", "丙"), ("A",))), handed=handed)


@settings(max_examples=25)
@given(text=st.text(alphabet=st.sampled_from("电压Uab12\"\\#$[]{}()<>&*_`~@^=-+/|;:'，。（） \n"), max_size=40))
def test_no_text_of_an_item_is_read_as_markup_of_the_printer(text: str) -> None:
    from jiangheng.apps.itembank.formats.printing import Handed, paper_pdf

    item = Item("S1", "short", rich(f"题干{text}"), reference=rich(text), rubric=(RubricLine(rich(f"点{text}"), 100),))
    setter = Typesetter(Path(jiangheng.__file__).parent / "web" / "fonts") if not _KEPT else _KEPT[0]
    _KEPT[:] = [setter]
    assert paper_pdf(setter, paper(item), handed=Handed(by="甲", at=AT)).startswith(b"%PDF")


_KEPT: list[Typesetter] = []


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{a}{b}", r"\sqrt[3]{x}", r"\sum_{i=1}^{n} x_i", r"\vec{F}", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
        r"\langle a, b\rangle", r"a \cdot b", r"\lceil x \rceil", r"U_{\text{额定}}=220\,\mathrm{V}",
        r"\Omega \le \infty",
        r"10^{-3}", r"\cos\varphi", r"\int_0^1 f(x)\,dx",
    ],
)  # fmt: skip
def test_a_formula_is_set_and_said_in_words(setter: Typesetter, handed: Any, tex: str) -> None:
    from jiangheng.apps.itembank.formats.printing import paper_pdf
    from jiangheng.apps.itembank.formats.printing_rich import Pictures

    text = rich(rf"求 \({tex}\)，价格 $5。")
    assert "<math" in text
    assert "math.equation(alt:" in Pictures({}).markup(text)
    assert paper_pdf(setter, paper(Item("Q1", "short", text)), handed=handed).startswith(b"%PDF")


@needs_reader
def test_the_notice_of_a_practical_paper_tells_nothing_of_its_task(setter: Typesetter, handed: Any) -> None:
    from jiangheng.apps.itembank.formats import printing_exercise as exercises

    made = exercises.PrintedExercise(
        occupation="电工 五级/初级工", code="C-001", title="正反转控制", minutes=120, digest=DIGEST,
        notice={"equipment": ["实训台 1 台"], "materials": [], "tools": ["万用表"], "site": []},
    )  # fmt: skip
    lines = [{"text": "接线正确", "marks": "100", "kind": "judged"}, {"text": "带电接线", "marks": "", "kind": "veto"}]
    notice = words(exercises.notice_pdf(setter, made, handed=handed))
    assert "一、设备设施" in notice and "二、工具" in notice and "实训台1台" in notice and DIGEST[:16] not in notice
    task = words(exercises.task_pdf(setter, made, task=rich("按图安装。\n\n试车。"), handed=handed))
    score = words(exercises.score_pdf(setter, made, lines=lines, handed=handed))
    assert "按图安装" in task and "接线正确" in score and "带电接线" in score and "评判" in score
    assert "韦秀兰2026-11-2314:30" in task and "韦秀兰2026-11-2314:30" in score
    assert "按图安装" not in notice + score and "接线" not in notice + task


# ---- who may fetch what ----


@pytest.fixture
@kept
def drawn(house: Any) -> Any:
    """A sealed paper of ten items."""
    bank = house.unified()
    house.stocked(bank)
    house.planned(bank)
    return house.drawn(bank).papers.get()


def released(house: Any, found: Any) -> Any:
    from jiangheng.core.authority import SYSTEM

    return house.play("paper.release", found, by=SYSTEM)


def order(house: Any, found: Any, document: str, *, by: Any = None) -> Any:
    return house.play("paper.print", found, by=by or house.centre, document=document, reason="考点没有机房")


def test_a_sealed_paper_is_neither_registered_for_print_nor_handed_out(house: Any, drawn: Any) -> None:
    with pytest.raises(Refused):
        order(house, drawn, "paper")
    for name in ("paper", "answers", "key"):
        assert house.browser("centre").get(f"/d/paper/{drawn.pk}/{name}.pdf").status_code == 404


def test_a_print_is_registered_document_by_document_before_its_file_leaves(house: Any, drawn: Any) -> None:
    found, browser = released(house, drawn), house.browser("centre")
    answer = browser.get(f"/d/paper/{found.pk}/key.pdf")
    assert answer.status_code == 422 and "先办理“印制试卷”" in answer.content.decode()
    order(house, found, "paper")
    made = browser.get(f"/d/paper/{found.pk}/paper.pdf")
    assert made.status_code == 200 and made.content.startswith(b"%PDF") and "no-store" in made["Cache-Control"]
    assert browser.get(f"/d/paper/{found.pk}/key.pdf").status_code == 422
    assert [look.what for look in found.looks.all()] == ["print"]


def test_the_trail_keeps_digest_document_and_reason_of_a_print(house: Any, drawn: Any) -> None:
    from jiangheng.kernel.trail import timeline

    found = order(house, released(house, drawn), "key")
    entry = timeline("paper", found.pk).last()
    assert (entry.step, entry.clause, found.state) == ("paper.print", "K13", "released")
    assert entry.evidence["digest"] == found.digest
    assert entry.evidence["given"]["document"] == "key" and entry.evidence["given"]["reason"] == "考点没有机房"


def test_another_persons_order_or_an_old_one_opens_nothing(house: Any, drawn: Any, monkeypatch: Any) -> None:
    from jiangheng.apps.itembank.queries import printing
    from jiangheng.kernel import clock

    found = order(house, released(house, drawn), "paper")
    assert house.browser("centre2").get(f"/d/paper/{found.pk}/paper.pdf").status_code == 422
    later = clock.now() + printing.WITHIN + dt.timedelta(minutes=1)
    monkeypatch.setattr(printing.clock, "now", lambda: later)
    assert printing.registered("paper", found.pk, house.centre, document="paper") is None


@pytest.mark.parametrize("who", ["writer", "reviewer", "manager", "city"])
def test_a_print_is_for_the_centre_and_the_keeper_alone(house: Any, drawn: Any, who: str) -> None:
    found = order(house, released(house, drawn), "paper")
    assert house.browser(who).get(f"/d/paper/{found.pk}/paper.pdf").status_code == 404
    with pytest.raises((WrongRole, OutOfReach)):
        order(house, found, "paper", by=house.city.actor(who))


def test_the_parts_of_a_practical_paper_go_to_those_they_are_for(house: Any) -> None:
    exercise = house.play(
        "exercise.write", under=house.unified(subject="practice"), by=house.writer, code="C-001", title="安装线路",
        minutes=60, equipment="实训台", task="按图安装", lines="接线正确 | 100",
    )  # fmt: skip
    house.play("exercise.review", exercise, by=house.reviewer)
    house.play("exercise.stock", exercise, by=house.centre)
    address = f"/d/exercise/{exercise.pk}/"
    for who, name, status in (
        ("writer", "notice", 200), ("writer", "task", 404), ("reviewer", "score", 404), ("centre", "task", 200),
        ("centre", "score", 200), ("city", "notice", 404),
    ):  # fmt: skip
        assert house.browser(who).get(f"{address}{name}.pdf").status_code == status, (who, name)
    assert sorted(look.what for look in exercise.looks.all()) == ["score", "task"]


@needs_reader
def test_the_exam_officer_fetches_a_sessions_papers_once_they_are_released_and_ordered(play: Any) -> None:
    from portal_stage import it_is
    from room_stage import RoomStage

    from jiangheng.kernel.trail import timeline

    stage = RoomStage(play)
    stage.seated()
    session = stage.session()
    address = f"/d/session/{session.pk}/papers.pdf"
    officer = stage.browser("exam_officer")
    assert officer.get(address).status_code == 404
    with pytest.raises(Refused):
        play("session.print", session, by=stage.exam_officer, copies=1, reason="考点没有机房")
    it_is("2026-10-14", "08:50")
    play("session.release", session, by=stage.exam_officer)
    assert officer.get(address).status_code == 422
    with pytest.raises(WrongRole):
        play("session.print", session, by=stage.invigilator, copies=1, reason="考点没有机房")
    play("session.print", session, by=stage.exam_officer, copies=2, reason="考点没有机房")
    made = officer.get(address)
    assert made.status_code == 200
    said = words(made.content)
    assert "考点没有机房" in said and "莫建军" in said and "3（另备用2）" in said and "答题卡（A卷）" in said
    assert stage.browser("invigilator").get(address).status_code == 404
    (entry,) = timeline("session", session.pk).filter(step="session.print")
    assert entry.evidence["paper_digests"] == sorted(set(session.sittings.values_list("paper__digest", flat=True)))
    for paper_ in {sitting.paper for sitting in session.sittings.all()}:
        assert [look.actor for look in paper_.looks.all()] == [stage.exam_officer.id]
