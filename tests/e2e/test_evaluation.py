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


def document(page: Any, name: str) -> bytes:
    """What the link of that name hands out to this person; a browser would show it and not save it."""
    answer = page.request.get(page.locator(".head").get_by_role("link", name=name).get_attribute("href"))
    assert answer.ok and answer.headers["content-type"] == "application/pdf", (name, answer.status)
    return bytes(answer.body())


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
    page.get_by_label("申报级别", exact=True).select_option(label="四级/中级工")
    page.get_by_label("证件号码", exact=True).fill(worker.identity)
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
            assert pages_of(document(officer, name)) >= least
        press(officer, "座位图")
        assert officer.locator(".seat:not(.empty)").count() == people * 2


def test_candidates_sit_the_theory_examination_and_their_answers_survive_a_reload(journey: Journey) -> None:
    with journey.part("sat"):
        at("2026-10-14", "08:50")
        watcher = journey.as_("lg.invigilator1")
        watcher.get_by_role("link", name=re.compile("^开放入场|机考一室")).first.click()
        press(watcher, "监考")
        press(watcher, "开放入场")
        says(watcher, "已办理“开放入场”", "未入场")

        first, second = list(the_session(journey).sittings.order_by("pk"))[:2]
        one, two = _comes_in(journey, first), _comes_in(journey, second)
        says(one, "请等待开考")
        at("2026-10-14", "09:01")
        one.reload()
        two.reload()
        _answers_by_mouse_and_keyboard(one, answers_by_stem(first))
        one.get_by_role("button", name="交卷", exact=True).click()
        one.get_by_role("dialog").get_by_role("button", name="确认交卷").click()
        one.locator(".outcome", has_text="已交卷").wait_for()
        says(one, "作答 100 题")
        assert journey.state("sitting", first.pk) == "submitted"

        two.locator(".exam-option").first.click()
        says(two, "已保存")
        watcher.reload()
        says(watcher, "已交卷", "考试中", "已答 1/100")
        sit_the_rest(journey)

        at("2026-10-14", "10:31")
        # the page looks at the clock of the hall again when it comes back into sight
        two.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        two.locator(".outcome", has_text="已交卷").wait_for()
        says(two, "作答 1 题")
        watcher.reload()
        press(watcher, "结束场次")
        says(watcher, "已办理“结束场次”")
        assert journey.state("session", the_session(journey).pk) == "closed"
        marks = dict(journey.batch.applications.filter(state="seated").values_list("pk", "theory_mark"))
        assert marks.pop(first.application_id) == 100
        assert marks.pop(second.application_id) < 60
        assert all(mark == 100 for mark in marks.values())
        journey.notes["failed"] = second.application_id


def _comes_in(journey: Journey, sitting: Any) -> Any:
    """With ticket and identity number, as the admission ticket says."""
    page = journey.anybody(viewport=TABLET)
    page.goto("/exam/enter")
    page.get_by_label("准考证号").fill(sitting.application.ticket)
    page.get_by_label("身份证件号码").fill("45030519900101123X")
    press(page, "进入考场")
    says(page, "准考证号或身份证件号码不对")
    page.get_by_label("身份证件号码").fill(sitting.application.identity)
    press(page, "进入考场")
    says(page, sitting.application.name, "可以入场了")
    press(page, "是我本人，入场")
    return page


def _answers_by_mouse_and_keyboard(page: Any, key: dict[str, tuple[str, ...]]) -> None:
    """The first item with the mouse, the others with the keys; a reload in the middle loses nothing."""
    for number in range(1, 101):
        shown = page.evaluate(
            "() => [document.querySelector('.exam-stem').textContent, "
            "[...document.querySelectorAll('input[name=choice]')].map(input => input.value)]"
        )
        right = [shown[1].index(each) for each in key[shown[0]]]
        for place in right:
            if number == 1:
                page.locator(".exam-option").nth(place).click()
            else:
                page.keyboard.press(str(place + 1))
        if number == 3:
            page.keyboard.press("m")
        if number == 5:
            _reloads(page, right)
        page.keyboard.press("ArrowRight")
    says(page, "已保存")


def _reloads(page: Any, right: list[int]) -> None:
    page.get_by_text(re.compile(r"已保存 \d\d:\d\d:\d\d")).wait_for()
    page.reload()
    says(page, "已取回 5 题的作答")
    assert page.get_by_role("button", name="第 3 题, 已答, 已标记").count() == 1
    page.get_by_role("button", name=re.compile("^第 5 题")).click()
    chosen = page.locator("input[name=choice]").evaluate_all("all => all.map(input => input.checked)")
    assert [place for place, checked in enumerate(chosen) if checked] == sorted(right)


def test_three_evaluators_score_each_blind_to_the_others_on_a_tablet_and_sign(journey: Journey) -> None:
    with journey.part("marked"):
        at("2026-10-15", "16:30")
        sheets = {}
        for number in (1, 2, 3):
            tablet = journey.as_(f"lg.evaluator{number}", viewport=TABLET)
            tablet.goto("/d/sheet/")
            tablet.locator("tbody a.title").first.click()
            press(tablet, "评分")
            sheets[number] = tablet.url
            _scores(tablet)
            says(tablet, "已签字锁定，合计")
        assert len(set(sheets.values())) == 3
        second = journey.as_("lg.evaluator2", viewport=TABLET)
        assert second.goto(sheets[1]).status == 404
        journey.errors.clear()  # the browser's console calls the refusal an error, and that is what it should be
        codes = model_codes(journey)
        assert list(codes.values()).count("settled") == 1
        mark_the_rest()
        assert set(model_codes(journey).values()) == {"settled"}


def model_codes(journey: Journey) -> dict[str, str]:
    """The state of every candidate's practical, by the code on the work-piece."""
    from jiangheng.kernel.perform import model_of

    return dict(model_of("practical").everywhere.filter(panel__batch=journey.batch).values_list("code", "state"))


def _scores(tablet: Any) -> None:
    """Full marks with one tap, half a mark less for the first, no veto; a forgotten aspect is asked for."""
    dials = tablet.locator(".dial")
    for place in range(dials.count()):
        dials.nth(place).get_by_role("button", name="满分").click()
    dials.first.get_by_role("button", name="减半分").click()
    press(tablet, "保存")
    says(tablet, "还没有签字")
    for group in tablet.locator("[data-veto]").all():
        group.get_by_label("未出现").check()
    small = tablet.locator(".dial button, .veto label, .score-bar .btn").evaluate_all(
        "all => all.filter(each => { const box = each.getBoundingClientRect(); return box.width < 48 || box.height < 48; })"
        ".map(each => each.textContent)"
    )
    assert small == [], f"too small for a finger: {small}"
    press(tablet, "签字并锁定")
    tablet.get_by_role("dialog").get_by_role("button", name="签字并锁定").click()


def test_scores_are_published_an_objection_is_answered_and_the_county_approves(journey: Journey) -> None:
    with journey.part("published"):
        at("2026-10-16", "10:00")
        officer = journey.as_("lg.officer")
        officer.goto(f"/d/batch/{journey.batch.pk}")
        press(officer, "汇总成绩")
        press(officer, "公示结果")
        says(officer, "已办理“公示结果”")
        stands_at(officer, "公示")

        visitor = journey.anybody()
        visitor.goto(f"/announcements/{journey.batch.pk}/publicity")
        passed = journey.batch.applications.filter(state="passed")
        assert visitor.locator("table.rows tbody tr").count() == passed.count() > 3
        shown = visitor.locator("table.rows tbody").inner_text()
        assert not any(row.identity in shown or row.name in shown for row in passed), "a person is shown unmasked"
        press(visitor, "提出异议")
        visitor.get_by_label("姓名").fill("邓思源")
        visitor.get_by_label("手机号码").fill("19900008888")
        visitor.get_by_label("异议内容").fill("本人认为实操测量项目扣分偏多，请求复核评分记录。")
        question = visitor.get_by_label(re.compile("等于几"))
        question.fill("99")
        press(visitor, "提交异议")
        says(visitor, "答案不对，请回答新的一题")
        question.fill(sum_in_words(visitor.locator("label", has_text="等于几").inner_text()))
        press(visitor, "提交异议")
        says(visitor, "异议已收到", "前答复")
        code = visitor.locator(".outcome .code").inner_text()

        officer = journey.as_("lg.officer")
        officer.get_by_role("link", name=re.compile("^答复：异议不成立")).first.click()
        answer = "已调阅三名考评人员的评分表和工位录像，扣分有据，维持原成绩。"
        step(officer, "答复：异议不成立", 答复=answer)
        says(officer, "已办理“答复：异议不成立”")

        visitor.goto(f"/objections?code={code}")
        visitor.get_by_label("手机号码").fill("19900008888")
        visitor.get_by_label(re.compile("等于几")).fill(
            sum_in_words(visitor.locator("label", has_text="等于几").inner_text())
        )
        visitor.locator("main form").get_by_role("button").last.click()
        says(visitor, answer)

        # seven days later by the clock in the page: publicity ends by itself
        officer.get_by_label("往后拨").fill("10")
        press(officer, "拨动")
        says(officer, "演示时钟已拨到")
        assert journey.batch.state == "concluded"
        county = journey.as_("qixing")
        county.get_by_role("link", name=re.compile("^核准结果")).first.click()
        step(county, "核准结果", 意见="公示无未决异议，同意核准")
        says(county, "已办理“核准结果”")


def test_certificates_are_issued_and_anybody_verifies_one_by_number_and_name(journey: Journey) -> None:
    with journey.part("certified"):
        at("2026-10-27", "10:00")
        issuer = journey.as_("lg.issuer")
        issuer.goto("/d/batch/")
        issuer.get_by_role("link", name=TITLE).click()
        press(issuer, "为全部合格人员制证")
        says(issuer, "已办理“为全部合格人员制证”")
        issuer.goto("/d/certificate/?state=issued")
        issuer.locator("tbody a.title").first.click()
        assert pages_of(document(issuer, "证书 PDF")) == 1
        issuer.goto("/d/certificate/?state=issued")
        issuer.get_by_label("选择本页全部").check()
        press(issuer, "登记送达")
        says(issuer, "办理“登记送达”")

        from jiangheng.kernel.perform import model_of

        one = model_of("certificate").everywhere.filter(application__batch=journey.batch).order_by("number").first()
        assert _verified(journey, one.number, one.name) == "证书有效"
        wrong_name = _verified(journey, one.number, "侯启航")
        # the running number of a certificate nobody has; 18 to 22 are the serial
        unknown = _verified(journey, one.number[:-4] + "9876", one.name)
        assert wrong_name == unknown == "没有查到相符的证书"


def _verified(journey: Journey, number: str, name: str) -> str:
    visitor = journey.anybody()
    visitor.goto("/")
    visitor.get_by_role("link", name=re.compile("查证书")).first.click()
    visitor.get_by_label("证书编号").fill(number)
    visitor.get_by_label("持证人姓名").fill(name)
    visitor.get_by_label(re.compile("等于几")).fill(
        sum_in_words(visitor.locator("label", has_text="等于几").inner_text())
    )
    press(visitor, "核验")
    visitor.locator(".outcome").wait_for()
    return str(visitor.locator(".outcome h1").inner_text())


def test_everybody_sees_where_the_evaluation_stands_what_comes_next_by_when_and_the_trail(journey: Journey) -> None:
    journey.have_all()
    at("2026-10-27", "11:00")
    for username in ("lg.manager", "lg.officer", "lg.issuer", "qixing", "gl.center1", "gl.city"):
        page = journey.as_(username)
        page.goto(f"/d/batch/{journey.batch.pk}")
        stands_at(page, "归档")
        told = page.locator(".who").inner_text()
        assert "由考务员办理归档" in told and re.search(r"还有 \d+ ", told), told
        assert "七星区人社局" in page.locator(".trail").inner_text()
    officer = journey.as_("lg.officer")
    officer.get_by_role("link", name=re.compile("^归档")).first.click()
    press(officer, "归档")
    says(officer, "已办理“归档”", "已办结")
    assert officer.locator("nav.chain [aria-current=step]").count() == 0
    assert journey.errors == []
