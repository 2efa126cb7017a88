"""An exceptional promotion by clicking, from its opening to the certificate that anybody verifies (clause R3)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from clicking import press, says, stands_at, step, verified
from journey import Journey, at, people_in_place, sum_in_words

from jiangheng.core.law.standard_text import shipped_text
from jiangheng.demo import routes
from jiangheng.demo.city import region
from jiangheng.demo.foundation import PDF
from jiangheng.demo.hands import do, make
from jiangheng.demo.people import Person, people, portrait
from jiangheng.kernel.clockwork import tick
from jiangheng.kernel.perform import model_of

pytestmark = pytest.mark.slow

GROUND = people_in_place
TITLE = "漓光电气2026年破格晋升"
DONE = "解决高压电机轴承早期失效的质量问题，找出轴电流原因并改进接地。"
OBJECTION = "请说明申报人在轴电流改进项目中承担的工作，是否为第一完成人。"


@pytest.fixture(autouse=True)
def transactional_db(journey: Journey) -> None:
    """The journey's database; of this name, so that pytest-django makes it."""


@pytest.fixture
def worker() -> Person:
    return people(1, seed=2026, born=(1980, 1990))[0]


def an_eight_step_filing(journey: Journey) -> Any:
    """How a specification comes to be recorded is clicked nowhere here: tests/apps plays it."""
    at("2026-09-01", "10:00")
    standard = make(
        "standard.record", region("450300"), "system", text=shipped_text(routes.SPECIFICATION),
        owner=journey.things["lg"].scope, number="GL-GF-2026-0001", valid_from="2026-09-01",
    )  # fmt: skip
    filing = routes.ask_for_eight_steps(journey.things["lg"], standard)
    return do("filing.accept", filing, "gl.center1", opinion="同意按八个等级备案")


def test_an_exceptional_promotion_is_walked_from_its_opening_to_the_verified_certificate(
    journey: Journey, worker: Person, tmp_path: Path
) -> None:
    filing = an_eight_step_filing(journey)
    at("2026-09-02", "09:30")
    a_round_is_opened(journey, filing)
    somebody_is_nominated_and_his_proof_forgotten(journey, worker, tmp_path)
    the_round_is_submitted_once_the_proof_is_there(journey, worker)
    at("2026-09-04", "09:00")
    a_panel_is_convened(journey)
    at("2026-09-08", "14:00")
    five_experts_vote_alone(journey, worker)
    at("2026-09-09", "09:00")
    the_outcome_is_published_and_objected_to(journey, worker)
    at("2026-09-21", "09:00")
    certificate = it_is_approved_and_certified(journey)
    assert verified(journey, certificate.number, worker.name) == "证书有效"
    assert journey.errors == [], "\n".join(journey.errors)


def a_round_is_opened(journey: Journey, filing: Any) -> None:
    manager = journey.as_("lg.manager")
    manager.goto(f"/d/filing/{filing.pk}")
    press(manager, "发起认定")
    form = manager.locator("#step-panel form")
    form.get_by_label("破格晋升").check()
    form.get_by_label("名称").fill(TITLE)
    form.get_by_label("认定办法").fill("审阅破格依据及证明，答辩后逐人表决并评分；结果公示5个工作日。")
    journey.look(manager, "recognition-form")
    press(form, "发起认定")
    says(manager, TITLE, "学历、资历")
    stands_at(manager, "申报")


def a_file(name: str, data: bytes = PDF, kind: str = "application/pdf") -> Any:
    return {"name": name, "mimeType": kind, "buffer": data}


def somebody_is_nominated_and_his_proof_forgotten(journey: Journey, worker: Person, folder: Path) -> None:
    registrar = journey.as_("lg.registrar")
    press(registrar, "直接认定和评聘")
    press(registrar, TITLE)
    press(registrar, "登记申报人")
    form = registrar.locator("#step-panel form")
    for label, value in {
        "姓名": worker.name, "证件号码": worker.identity, "部门和岗位": "电机车间维修岗", "入职日期": "2012-07-01",
        "本企业社会保险缴费月数": "166", "证书发证日期": "2023-05-18", "表现和业绩": DONE,
    }.items():  # fmt: skip
        form.get_by_label(label).fill(value)
    form.get_by_label("申报级别").select_option(label="二级/技师")
    form.get_by_label("已有本职业证书级别").select_option(label="三级/高级工")
    form.get_by_label("解决重大工艺技术难题或重大质量问题").check()
    form.get_by_label("在一线技能岗位工作").check()
    form.get_by_label("业绩材料").set_input_files(a_file("a.pdf"))
    form.get_by_label("证件照").set_input_files(a_file("p.jpg", portrait(worker), "image/jpeg"))
    journey.look(registrar, "nominee-form")
    press(form, "登记申报人")
    says(registrar, "没有破格依据的证明")


def the_round_is_submitted_once_the_proof_is_there(journey: Journey, worker: Person) -> None:
    manager = journey.as_("lg.manager")
    press(manager, "直接认定和评聘")
    press(manager, TITLE)
    submit = manager.get_by_role("button", name="报送")
    assert submit.get_attribute("aria-disabled") == "true"
    submit.hover()
    says(manager, f"{worker.name}：没有破格依据的证明")

    registrar = journey.as_("lg.registrar")
    press(registrar, "直接认定和评聘")
    press(registrar, TITLE)
    press(registrar, worker.name)
    press(registrar, "修改")
    form = registrar.locator("#step-panel form")
    form.get_by_label("证件号码").fill(worker.identity)
    form.get_by_label("破格依据证明").set_input_files(a_file("b.pdf"))
    press(form, "修改")
    says(registrar, "符合本路径的规定")

    manager.reload()
    press(manager, "报送")
    says(manager, "已办理“报送”")


def a_panel_is_convened(journey: Journey) -> None:
    officer = journey.as_("lg.officer")
    officer.get_by_role("link", name=re.compile("^组织专家评审")).first.click()
    press(officer, "组织专家评审")
    form = officer.locator("#step-panel form")
    experts = form.get_by_role("checkbox")
    for place in range(4):
        experts.nth(place).check()
    form.get_by_label("评审组长").select_option(index=1)
    press(form, "组织专家评审")
    says(officer, "评审专家须为 3 人以上的单数")
    officer.get_by_role("checkbox").nth(4).check()
    officer.get_by_role("button", name="组织专家评审", exact=True).last.click()
    says(officer, "已办理“组织专家评审”", "已有 0 名专家投票")
    stands_at(officer, "专家评审")


def five_experts_vote_alone(journey: Journey, worker: Person) -> None:
    for username in routes.EXPERTS:
        expert = journey.as_(username)
        expert.get_by_role("link", name=re.compile("^投票并签字")).first.click()
        if username == routes.EXPERTS[0]:
            press(expert, "看申报材料")
            says(expert, DONE, "业绩材料", "破格依据证明")
            journey.look(expert, "material")
            assert expert.request.get(expert.get_by_role("link", name="破格依据证明").get_attribute("href")).ok
            press(expert, "返回")
        press(expert, "投票并签字")
        form = expert.locator("#step-panel form")
        form.get_by_label("同意", exact=True).check()
        form.get_by_label(re.compile("评分")).fill("93")
        if username == routes.EXPERTS[0]:
            journey.look(expert, "ballot-form")
        press(form, "投票并签字")
        says(expert, "已办理“投票并签字”")
    chair = journey.as_(model_of("committee").everywhere.get().chair.username)
    chair.get_by_role("link", name=re.compile("^写评审纪要")).first.click()
    step(chair, "写评审纪要", 评审纪要="到会专家5人，独立投票并评分，同意破格晋升。")
    says(chair, "已办理“写评审纪要”")


def the_outcome_is_published_and_objected_to(journey: Journey, worker: Person) -> None:
    officer = journey.as_("lg.officer")
    officer.get_by_role("link", name=re.compile("^公示")).first.click()
    press(officer, "公示")
    says(officer, "已办理“公示”")

    visitor = journey.anybody(viewport={"width": 375, "height": 800})
    visitor.goto("/announcements")
    press(visitor, "直接认定和评聘公示")
    press(visitor, TITLE)
    says(visitor, "解决重大工艺技术难题", "专家同意5人")
    assert visitor.get_by_text(worker.name).count() == 0
    journey.look(visitor, "recognition-public")
    press(visitor, "提出异议")
    visitor.get_by_label("姓名").fill("陈思源")
    visitor.get_by_label("手机号码").fill("19900007777")
    visitor.get_by_label("异议内容").fill(OBJECTION)
    question = visitor.locator("label", has_text="等于几")
    visitor.get_by_label(re.compile("等于几")).fill(sum_in_words(question.inner_text()))
    press(visitor, "提交异议")
    says(visitor, "异议已收到")

    officer = journey.as_("lg.officer")
    officer.get_by_role("link", name=re.compile("^答复：异议")).first.click()
    says(officer, OBJECTION)
    step(officer, "答复：异议不成立", 答复="经核对任务书和验收报告，申报人为第一完成人。")
    says(officer, "已办理")


def it_is_approved_and_certified(journey: Journey) -> Any:
    # the clock ends publicity by itself; it may have done so already
    tick()
    county = journey.as_("qixing")
    county.get_by_role("link", name=re.compile("^核准")).first.click()
    step(county, "核准", 意见="公示无未决异议，同意核准")
    says(county, "已办理“核准”")
    issuer = journey.as_("lg.issuer")
    press(issuer, "直接认定和评聘")
    press(issuer, TITLE)
    stands_at(issuer, "发证")
    journey.look(issuer, "recognition-approved")
    press(issuer, "为全部合格人员制证")
    says(issuer, "已办理“为全部合格人员制证”")
    found = model_of("certificate").everywhere.get()
    assert (found.mode, found.clause, found.level) == ("EXCEPTIONAL", "R3", "2")
    return found
