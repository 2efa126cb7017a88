"""An evaluation by clicking, from the plan to the certificate: every role does its part in the browser (K10, K13, K14, W10).

The tests follow each other in one city. Run alone, each finds the parts before its own done by steps.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from journey import (
    GOOD_ROWS, NO_CONDITION, NOTES, SEED, TABLET, TITLE, Journey, answers_by_stem, at, mark_the_rest, pages_of,
    photograph_everybody, short_roster, sit_the_rest, sum_in_words, the_session,
)  # fmt: skip

pytestmark = pytest.mark.slow
RED = "F4B6AE"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(autouse=True)
def transactional_db(journey: Journey) -> None:
    """The journey's database, which is not emptied between its parts; of this name, so that pytest-django makes it."""


def press(page: Any, name: str) -> None:
    """Press the button, or the step that opens its form, of exactly that name."""
    page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True)).first.click()


def step(page: Any, name: str, **fields: str) -> None:
    """Open a step's form, fill it in and send it."""
    page.get_by_role("link", name=name, exact=True).click()
    panel = page.locator("#step-panel form")
    for label, value in fields.items():
        panel.get_by_label(label).fill(value)
    panel.get_by_role("button", name=name, exact=True).click()


def says(page: Any, *texts: str) -> None:
    """The page shows each of these."""
    for text in texts:
        page.get_by_text(text).first.wait_for()


def stands_at(page: Any, stage: str) -> None:
    """The chain bar shows this stage as the present one."""
    page.locator("nav.chain [aria-current=step]", has_text=stage).wait_for()


def sure(page: Any, word: str) -> None:
    """Type the word a step asks for because it cannot be taken back."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(word)
    dialog.get_by_role("button", name=word).click()


def test_a_plan_is_filed_returned_with_reasons_mended_accepted_and_announced(journey: Journey) -> None:
    with journey.part("planned"):
        at("2026-09-09", "09:30")
        manager = journey.as_("lg.manager")
        manager.get_by_role("link", name="机构备案").first.click()
        manager.locator("tbody a.title").first.click()
        press(manager, "制定计划")
        form = manager.locator("#step-panel form")
        form.get_by_label("批次名称").fill(TITLE)
        for level in ("五级/初级工", "四级/中级工", "三级/高级工"):
            form.get_by_label(level).check()
        form.get_by_label("计划人数").fill("30")
        form.get_by_label("报名截止").fill("2026-09-29")
        form.get_by_label("理论考试时间").fill("2026-10-14T09:00")
        form.get_by_label("实操考核时间").fill("2026-10-15T08:30")
        form.get_by_label("机考一室").check()
        form.get_by_label("电工实训场").check()
        form.get_by_role("button", name="制定计划").click()
        says(manager, TITLE, "草稿")
        press(manager, "报送计划")
        stands_at(manager, "公告")

        county = journey.as_("qixing")
        county.get_by_role("link", name=TITLE).first.click()
        step(county, "退回并说明理由", 理由="考生须知为空，请写明携带证件、到场时间后重新报送")
        says(county, "已退回")

        manager = journey.as_("lg.manager")
        manager.get_by_role("link", name=TITLE).first.click()
        says(manager, "考生须知为空")
        press(manager, "修改计划")
        form = manager.locator("#step-panel form")
        assert form.get_by_label("计划人数").input_value() == "30"
        form.get_by_label("考生须知").fill(NOTES)
        form.get_by_role("button", name="修改计划").click()
        press(manager, "报送计划")
        says(manager, "已办理“报送计划”")

        county = journey.as_("qixing")
        county.get_by_role("link", name=re.compile("^受理并公告")).first.click()
        step(county, "受理并公告", 意见="同意组织，请按计划实施")
        says(county, "已办理“受理并公告”")

        visitor = journey.anybody()
        visitor.goto("/announcements")
        visitor.get_by_role("link", name=TITLE).click()
        says(visitor, "正在报名", NOTES, "漓光技能考点", "我要报名")
        journey.notes["announcement"] = visitor.url


def test_a_roster_is_previewed_marked_and_taken_and_a_worker_applies_by_himself(journey: Journey, tmp_path: Path) -> None:
    with journey.part("enrolled"):
        at("2026-09-14")
        registrar = journey.as_("lg.registrar")
        _a_whole_roster_comes_back_marked(journey, registrar)
        _upload(journey, registrar, short_roster())
        says(registrar, "行可以导入")
        press(registrar, f"导入无误的 {len(GOOD_ROWS) + 1} 行")
        says(registrar, "已导入")
        assert journey.batch.applications.count() == len(GOOD_ROWS) + 1
        _a_photo_is_added(registrar, tmp_path)
        photograph_everybody(journey)
        at("2026-09-16", "20:10")
        _a_worker_applies_by_himself(journey, tmp_path)


def _upload(journey: Journey, registrar: Any, data: bytes) -> None:
    registrar.goto(f"/d/batch/{journey.batch.pk}")
    press(registrar, "上传花名册")
    file = {"name": "花名册.xlsx", "mimeType": WORKBOOK, "buffer": data}
    registrar.locator("#step-panel input[type=file]").set_input_files(file)
    registrar.locator("#step-panel").get_by_role("button", name="上传花名册").click()
    press(registrar, "核对并导入")


def _a_whole_roster_comes_back_marked(journey: Journey, registrar: Any) -> None:
    from jiangheng.demo import roster

    _upload(journey, registrar, roster.workbook(seed=SEED))
    says(registrar, "60行")
    bad = registrar.locator("table.import tr.bad")
    assert bad.count() == 8
    for text in bad.all_inner_texts():
        assert "有误" in text
    with registrar.expect_download() as handed:
        press(registrar, "下载标注后的工作簿")
    book = openpyxl.load_workbook(io.BytesIO(Path(handed.value.path()).read_bytes()))
    cells = [cell for line in book.worksheets[0].iter_rows(min_row=3) for cell in line]
    red = [cell for cell in cells if cell.fill.fgColor.rgb and str(cell.fill.fgColor.rgb).endswith(RED)]
    assert len({cell.row for cell in red}) == 8
    reasons = [cell.comment.text for cell in red if cell.comment]
    assert len(reasons) >= 8 and all(len(reason) > 8 for reason in reasons)
    assert any("校验" in reason for reason in reasons), reasons
    assert sum(cell.value == "× 不能导入" for cell in cells) == 8
    # the whole list stays at home: a short one says the same to the chain
    press(registrar, "放弃导入")
    says(registrar, "已办理“放弃导入”")
    assert journey.batch.applications.count() == 0


def _a_photo_is_added(registrar: Any, folder: Path) -> None:
    from jiangheng.demo import roster
    from jiangheng.demo.people import people, portrait

    first = people(roster.SIZE, seed=SEED)[GOOD_ROWS[0] - 1]
    (folder / "photo.jpg").write_bytes(portrait(first))
    registrar.goto("/d/application/")
    registrar.get_by_role("link", name=first.name).click()
    press(registrar, "上传照片")
    registrar.locator("#step-panel input[type=file]").set_input_files(folder / "photo.jpg")
    registrar.locator("#step-panel").get_by_role("button", name="上传照片").click()
    says(registrar, "已办理“上传照片”")
    assert registrar.locator("img.photo").evaluate("image => image.decode().then(() => image.naturalWidth)") > 200


def _a_worker_applies_by_himself(journey: Journey, folder: Path) -> None:
    from jiangheng.demo.people import people, portrait

    worker = people(1, seed=SEED + 1000, born=(1990, 2000))[0]
    (folder / "me.jpg").write_bytes(portrait(worker))
    page = journey.anybody(viewport={"width": 375, "height": 800})
    page.goto(f"/announcements/{journey.batch.pk}")
    press(page, "我要报名")
    press(page, "注册考生账号")
    page.get_by_label("账号").fill("kaosheng1")
    page.get_by_label("姓名").fill(worker.name)
    page.get_by_label("手机号码").fill(worker.phone)
    page.get_by_label("密码").fill("象鼻山下漓江水-2026")
    press(page, "注册并登录")
    page.get_by_label("四级/中级工").check() if page.get_by_label("四级/中级工").count() else page.get_by_label(
        "申报级别"
    ).select_option(label="四级/中级工")
    page.get_by_label("证件号码").first.fill(worker.identity)
    page.get_by_label("从事本职业起始日期").fill("2016-07-01")
    page.get_by_label("证件照").set_input_files(folder / "me.jpg")
    # the promise is forgotten first: what was typed and the photo must still be there
    press(page, "提交报名")
    says(page, "需要改正", "已收到的照片")
    assert page.get_by_label("从事本职业起始日期").input_value() == "2016-07-01"
    page.get_by_label("我承诺所填内容真实").check()
    press(page, "提交报名")
    says(page, "报名已提交", "等待评价机构初审", "按您填写的内容，符合第")
    stands_at(page, "初审")
    journey.notes["candidate"] = page


def test_two_people_review_and_who_meets_no_condition_is_refused_with_a_reason(journey: Journey) -> None:
    with journey.part("reviewed"):
        at("2026-09-21")
        checker = journey.as_("lg.checker")
        checker.goto("/d/application/?state=submitted&sort=name")
        checker.locator("tbody tr", has_not_text=_without_condition().name).locator("a.title").first.click()
        says(checker, "符合第（", "项申报条件", "依据：")
        press(checker, "初审通过")
        says(checker, "已办理“初审通过”")
        checker.goto("/d/application/?state=submitted")
        checker.get_by_label("选择本页全部").check()
        press(checker, "初审通过")
        says(checker, "1 项没有办理，原因如下", "不符合")
        checker.get_by_role("link", name=_without_condition().name).first.click()
        says(checker, "不符合任何一项申报条件")
        step(checker, "审核不通过", 理由="从事本职业年限不足，可待条件满足后报下一批次")
        sure(checker, "审核不通过")
        says(checker, "从事本职业年限不足")

        approver = journey.as_("lg.approver")
        says(approver, "件事等您处理")
        approver.get_by_role("link", name=re.compile("^复审通过")).first.click()
        says(approver, "项申报条件")
        press(approver, "复审通过")
        says(approver, "已办理“复审通过”")
        approver.goto("/d/application/?state=checked")
        approver.get_by_label("选择本页全部").check()
        press(approver, "复审通过")
        says(approver, f"已对 {len(GOOD_ROWS)} 项办理“复审通过”")
        states = sorted(journey.batch.applications.values_list("state", flat=True))
        assert states == ["approved"] * (len(states) - 1) + ["refused"]


def _without_condition() -> Any:
    from jiangheng.demo import roster
    from jiangheng.demo.people import people

    return people(roster.SIZE, seed=SEED)[NO_CONDITION - 1]


def test_the_officer_seats_everybody_prepares_the_session_appoints_a_panel_and_prints_tickets(journey: Journey) -> None:
    with journey.part("seated"):
        at("2026-09-30")
        officer = journey.as_("lg.officer")
        officer.get_by_role("link", name=TITLE).first.click()
        press(officer, "编排考场")
        officer.locator("#step-panel").get_by_label("打乱编排").check()
        officer.locator("#step-panel").get_by_role("button", name="编排考场").click()
        says(officer, "已办理“编排考场”")
        stands_at(officer, "考试")
        batch = officer.url

        press(officer, "安排场次")
        form = officer.locator("#step-panel form")
        form.get_by_label("考场").select_option(index=1)
        form.get_by_label(re.compile("谢春生")).check()
        form.get_by_role("button", name="安排场次").click()
        says(officer, "至少需要 2 名监考人员")
        officer.get_by_label(re.compile("易冬梅")).check()
        officer.locator("form").get_by_role("button", name="安排场次").click()
        says(officer, "已办理“安排场次”")

        officer.goto(batch)
        press(officer, "组建考评小组")
        form = officer.locator("#step-panel form")
        form.get_by_label("实操场地").select_option(index=1)
        boxes = form.get_by_role("group", name="考评人员")
        for name in ("贺铁山", "罗碧莲", "侯长河"):
            boxes.get_by_label(re.compile(name)).check()
        form.get_by_label("考评组长").select_option(index=1)
        form.get_by_role("button", name="组建考评小组").click()
        says(officer, "已办理“组建考评小组”")

        officer.goto(batch)
        people = journey.batch.applications.filter(state="seated").count()
        for name, least in (("准考证", people), ("座次表", 1), ("签到表", 1)):
            with officer.expect_download() as handed:
                officer.locator(".head").get_by_role("link", name=name).click()
            assert pages_of(Path(handed.value.path()).read_bytes()) >= least
        officer.goto(batch)
        press(officer, "座位图")
        assert officer.locator(".seat:not(.empty)").count() == people * 2
