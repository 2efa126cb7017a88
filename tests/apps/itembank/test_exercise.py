"""Practical papers: written, reviewed and stocked by three persons; the task sealed, every look written down (K14)."""

from __future__ import annotations

from typing import Any

import pytest

from jiangheng.core.errors import Refused, WrongRole

CONTENT = {
    "code": "C-001",
    "title": "正反转控制线路安装",
    "minutes": 120,
    "equipment": "实训台，每工位 1 台\n\n三相异步电动机 1 台",
    "materials": "BV-1.5 导线 20 m",
    "tools": "万用表 1 块",
    "site": "",
    "task": "按图安装线路。\n\n通电试车，电流 \\(I \\le 10\\) A。",
    "lines": "元件布置合理 | 20 | 评判\n接线正确 ｜ 50\n通电试车一次成功 | 30",
    "vetoes": "带电接线",
}
SECRETS = ("按图安装线路", "元件布置合理", "带电接线")


@pytest.fixture
def bank(house: Any) -> Any:
    return house.unified(subject="practice", name="电工五级操作技能题库")


def write(house: Any, bank: Any, **more: Any) -> Any:
    return house.play("exercise.write", under=bank, by=house.writer, **{**CONTENT, **more})


def stocked(house: Any, bank: Any) -> Any:
    exercise = write(house, bank)
    house.play("exercise.review", exercise, by=house.reviewer)
    return house.play("exercise.stock", exercise, by=house.centre)


def reasons(house: Any, bank: Any, **more: Any) -> str:
    with pytest.raises(Refused) as no:
        write(house, bank, **more)
    return "\n".join(str(each.reason) for each in no.value.refusals)


def test_what_is_typed_line_by_line_becomes_a_paper_in_three_parts(house: Any, bank: Any) -> None:
    exercise = write(house, bank)
    assert exercise.notice["equipment"] == ["实训台，每工位 1 台", "三相异步电动机 1 台"]
    assert exercise.notice["site"] == []
    content = exercise.content
    assert content["task"].startswith("<p>按图安装线路。</p>") and "<math" in content["task"]
    assert [line["kind"] for line in content["lines"]] == ["judged", "measured", "measured", "veto"]
    assert [line["marks"] for line in content["lines"]] == ["20", "50", "30", ""]


def test_a_written_paper_is_typed_again_as_it_was_and_gives_the_same_digest(house: Any, bank: Any) -> None:
    from jiangheng.apps.itembank.queries import practice

    exercise = write(house, bank)
    before = exercise.digest
    typed = practice.as_typed(exercise, exercise.content)
    again = house.play(
        "exercise.revise", exercise, by=house.writer, **typed, code=exercise.code, title=exercise.title,
        minutes=exercise.minutes,
    )  # fmt: skip
    assert again.digest == before
    changed = house.play("exercise.revise", again, by=house.writer, **{**CONTENT, "task": "改为星三角起动。"})
    assert changed.digest != before


def test_the_row_in_the_database_and_the_trail_hold_no_word_of_the_task(house: Any, bank: Any) -> None:
    from jiangheng.kernel.models import Entry

    exercise = write(house, bank)
    sealed = bytes(exercise.sealed)
    trail = "".join(str(entry.evidence) for entry in Entry.objects.filter(flow="exercise"))
    for secret in SECRETS:
        assert secret.encode() not in sealed and secret not in str(exercise.notice) and secret not in trail
    assert exercise.digest in trail


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"lines": "接线正确 | 60\n试车 | 30"}, "合计 90 分，应为 100 分"),
        ({"lines": "接线正确"}, "第 1 行要写成"),
        ({"lines": "接线 | 很多\n试车 | 100"}, "第 1 行要写成"),
        ({"lines": "接线 | 120\n试车 | -20"}, "第 2 行要写成"),
        ({"lines": "接线 | 100 | 随便"}, "第 1 行最后只能写“评判”"),
        ({"vetoes": "带电接线 | 10"}, "否定项不写分值"),
        ({"task": "看<script>alert(1)</script>图"}, "考核任务"),
        ({"equipment": ""}, "设备设施"),
        ({"code": "C 1"}, "题号"),
        ({"minutes": 1}, "考核时间"),
    ],
)
def test_a_faulty_field_is_refused_with_its_name_and_line(house: Any, bank: Any, more: Any, said: str) -> None:
    assert said in reasons(house, bank, **more)


def test_a_code_stands_for_one_paper_of_the_bank(house: Any, bank: Any) -> None:
    exercise = write(house, bank)
    assert "题号已存在" in reasons(house, bank)
    with pytest.raises(Refused, match="题号不能更改"):
        house.play("exercise.revise", exercise, by=house.writer, **{**CONTENT, "code": "C-002"})


def test_no_practical_paper_is_written_into_a_bank_of_theory(house: Any) -> None:
    assert "理论知识题库" in reasons(house, house.unified())


def test_writer_reviewer_and_stocker_are_three_persons(house: Any, bank: Any) -> None:
    everything = house.city.person("all", "writer", "item_reviewer", "centre", name="全能")
    exercise = house.play("exercise.write", under=bank, by=everything, **CONTENT)
    with pytest.raises(Refused, match="另一人"):
        house.play("exercise.review", exercise, by=everything)
    house.play("exercise.review", exercise, by=house.reviewer)
    with pytest.raises(Refused, match="另一人"):
        house.play("exercise.stock", exercise, by=everything)
    assert house.play("exercise.stock", exercise, by=house.centre).state == "stock"


def test_whoever_revised_it_may_not_review_it(house: Any, bank: Any) -> None:
    both = house.city.person("both", "writer", "item_reviewer", name="兼任")
    exercise = write(house, bank)
    house.play("exercise.revise", exercise, by=both, **CONTENT)
    with pytest.raises(Refused, match="另一人"):
        house.play("exercise.review", exercise, by=both)


def test_a_paper_goes_back_with_a_reason_is_revised_and_comes_again(house: Any, bank: Any) -> None:
    exercise = write(house, bank)
    with pytest.raises(Refused, match="理由"):
        house.play("exercise.return", exercise, by=house.reviewer)
    exercise = house.play("exercise.return", exercise, by=house.reviewer, reason="分值与标准不符，请核对")
    assert exercise.state == "returned"
    assert house.play("exercise.revise", exercise, by=house.writer, **CONTENT).state == "draft"


def test_a_paper_in_stock_is_not_revised_but_returned_or_retired(house: Any, bank: Any) -> None:
    exercise = stocked(house, bank)
    with pytest.raises(Refused):
        house.play("exercise.revise", exercise, by=house.writer, **CONTENT)
    with pytest.raises(WrongRole):
        house.play("exercise.retire", exercise, by=house.reviewer, reason="标准已修订，不再使用")
    assert house.play("exercise.retire", exercise, by=house.centre, reason="标准已修订，不再使用").state == "retired"


@pytest.mark.parametrize("address", ["", "/revise"])
def test_a_page_that_shows_the_task_writes_the_look_down(house: Any, bank: Any, address: str) -> None:
    exercise = write(house, bank)
    answer = house.browser("writer").get(f"/d/exercise/{exercise.pk}{address}")
    assert answer.status_code == 200 and "按图安装线路" in answer.content.decode()
    (look,) = exercise.looks.all()
    assert look.actor == house.writer.id and look.what == ("revise" if address else "exercise")


def test_looking_at_another_paper_is_another_look(house: Any, bank: Any) -> None:
    first, second = write(house, bank), write(house, bank, code="C-002")
    browser = house.browser("writer")
    for exercise in (first, second, first):
        browser.get(f"/d/exercise/{exercise.pk}")
    assert (first.looks.count(), second.looks.count()) == (1, 1)


@pytest.mark.parametrize("who", ["centre", "reviewer", "stranger", "city"])
def test_an_own_banks_paper_is_out_of_reach_for_everyone_outside(house: Any, who: str) -> None:
    bank = house.own(subject="practice")
    exercise = house.play("exercise.write", under=bank, by=house.own_writer, **CONTENT)
    browser = house.browser(who)
    for name in ("", "/notice.pdf", "/task.pdf", "/score.pdf"):
        assert browser.get(f"/d/exercise/{exercise.pk}{name}").status_code == 404
    assert house.browser("own_writer").get(f"/d/exercise/{exercise.pk}/notice.pdf").status_code == 200


def test_a_new_paper_begins_with_the_standards_own_task(house: Any, bank: Any, monkeypatch: Any) -> None:
    from jiangheng.apps.itembank.forms.practice import ExerciseContent
    from jiangheng.apps.itembank.queries import practice
    from jiangheng.core.law.standard_text import shipped, shipped_standard

    data = next(each for each in map(shipped_standard, shipped()) if each.tasks_of("5"))
    monkeypatch.setattr(practice.standards, "in_force", lambda occupation: object())
    monkeypatch.setattr(practice.standards, "content", lambda standard: data)
    given = practice.proposal(bank)
    task = data.tasks_of("5")[0]
    assert given["title"] == task.title and given["minutes"] == task.minutes
    assert given["lines"].count("\n") + 1 == sum(each.kind != "veto" for each in task.aspects)
    exercise = house.play("exercise.write", under=bank, by=house.writer, **{**CONTENT, **given})
    kinds = [(line["kind"], line["marks"]) for line in exercise.content["lines"]]
    aspects = [each for each in task.aspects if each.kind != "veto"] + [
        each for each in task.aspects if each.kind == "veto"
    ]
    assert [kind for kind, _marks in kinds] == [each.kind for each in aspects]
    assert ExerciseContent.private == {"task", "lines", "vetoes"}


def test_where_no_standard_is_in_force_a_new_paper_begins_empty(bank: Any) -> None:
    from jiangheng.apps.itembank.queries.practice import proposal

    assert proposal(bank) == {}
