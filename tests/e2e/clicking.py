"""What people do on pages, named as they would say it; the tests of the evaluation are told in these words."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
from journey import GOOD_ROWS, NO_CONDITION, SEED, TABLET, Journey, sum_in_words

from jiangheng.kernel.perform import model_of

RED = "F4B6AE"
ROOMS = (("机考一室", "理论机房", "5", "6"), ("机考二室", "理论机房", "5", "6"), ("电工实训场", "实操场地", "4", "6"))
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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


def fill_in(page: Any, name: str, **fields: str) -> None:
    """Press a step, fill its form in — what is chosen from a list by what it says — and send it."""
    press(page, name)
    form = page.locator("#step-panel form")
    for label, value in fields.items():
        field = form.get_by_label(label)
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    form.get_by_role("button", name=name, exact=True).click()
    says(page, f"已办理“{name}”")


def a_site_with_rooms_is_registered(journey: Journey, manager: Any) -> None:
    manager.goto(f"/d/institution/{journey.things['lg'].pk}")
    fill_in(manager, "登记考点", 考点名称="漓光技能考点", 地址="桂林市七星区朝阳路信息产业园8号")
    site = manager.url
    for name, use, rows, columns in ROOMS:
        manager.goto(site)
        fill_in(manager, "登记考场", 考场名称=name, 用途=use, 排数=rows, 列数=columns)


def a_filing_is_drafted_and_submitted(journey: Journey, manager: Any) -> None:
    from jiangheng.demo.foundation import PDF

    manager.goto(f"/d/institution/{journey.things['lg'].pk}")
    press(manager, "起草备案")
    form = manager.locator("#step-panel form")
    form.get_by_label("考点").select_option(index=1)
    form.get_by_label("职业").select_option(label="6-31-01-03 电工（2023型）")
    for level in ("五级/初级工", "四级/中级工", "三级/高级工"):
        form.get_by_label(level).check()
    form.get_by_label("评价能力说明").fill("设技能评价办公室，专职 3 人；机考室两间共 60 机位，实训场 24 工位。")
    file = {"name": "备案申请材料.pdf", "mimeType": "application/pdf", "buffer": PDF}
    form.get_by_label("备案申请材料").set_input_files(file)
    form.get_by_role("button", name="起草备案").click()
    says(manager, "已办理“起草备案”")
    press(manager, "申报")
    says(manager, "已办理“申报”")


def a_returned_filing_is_mended(journey: Journey, manager: Any) -> None:
    manager.goto(f"/d/filing/{journey.filing.pk}")
    says(manager, "未写明题库使用方式")
    press(manager, "修改")
    form = manager.locator("#step-panel form")
    told = form.get_by_label("评价能力说明")
    told.fill(told.input_value() + "理论考试使用全区统一题库。")
    form.get_by_role("button", name="修改", exact=True).click()
    press(manager, "申报")
    says(manager, "已办理“申报”")


def upload_roster(journey: Journey, registrar: Any, data: bytes) -> None:
    registrar.goto(f"/d/batch/{journey.batch.pk}")
    press(registrar, "上传花名册")
    file = {"name": "花名册.xlsx", "mimeType": WORKBOOK, "buffer": data}
    registrar.locator("#step-panel input[type=file]").set_input_files(file)
    registrar.locator("#step-panel").get_by_role("button", name="上传花名册").click()
    press(registrar, "核对并导入")


def a_whole_roster_comes_back_marked(journey: Journey, registrar: Any) -> None:
    from jiangheng.demo import roster

    upload_roster(journey, registrar, roster.workbook(seed=SEED))
    says(registrar, "60行")
    bad = registrar.locator("table.import tr.bad")
    assert bad.count() == 8
    journey.look(registrar, "roster-preview")
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


def a_photo_is_added(registrar: Any, folder: Path) -> None:
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


def a_worker_applies_by_himself(journey: Journey, folder: Path) -> None:
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


def without_condition() -> Any:
    from jiangheng.demo import roster
    from jiangheng.demo.people import people

    return people(roster.SIZE, seed=SEED)[NO_CONDITION - 1]


def come_in(journey: Journey, sitting: Any) -> Any:
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


def answer_by_mouse_and_keyboard(page: Any, key: dict[str, tuple[str, ...]]) -> None:
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
            reload_in_the_middle(page, right)
        page.keyboard.press("ArrowRight")
    says(page, "已保存")


def reload_in_the_middle(page: Any, right: list[int]) -> None:
    page.get_by_text(re.compile(r"已保存 \d\d:\d\d:\d\d")).wait_for()
    page.reload()
    says(page, "已取回 5 题的作答")
    assert page.get_by_role("button", name="第 3 题, 已答, 已标记").count() == 1
    page.get_by_role("button", name=re.compile("^第 5 题")).click()
    chosen = page.locator("input[name=choice]").evaluate_all("all => all.map(input => input.checked)")
    assert [place for place, checked in enumerate(chosen) if checked] == sorted(right)


def model_codes(journey: Journey) -> dict[str, str]:
    """The state of every candidate's practical, by the code on the work-piece."""
    from jiangheng.kernel.perform import model_of

    return dict(model_of("practical").everywhere.filter(panel__batch=journey.batch).values_list("code", "state"))


def draw_papers(journey: Journey) -> None:
    """Two officials give their share to the draw of each level; then every draw is composed."""
    draws = list(model_of("draw").everywhere.filter(batch=journey.batch.pk).order_by("pk"))
    assert draws
    for username, name in (("gl.center1", "投入随机数（第一人）"), ("gl.city", "投入随机数（第二人）")):
        official = journey.as_(username)
        for draw in draws:
            official.goto(f"/d/draw/{draw.pk}")
            step(official, name, **{"加入自己的随机内容": "2718281828"})
            says(official, f"已办理“{name}”")
    says(official, "已组卷", "种子")
    assert {journey.state("draw", draw.pk) for draw in draws} == {"drawn"}


def score(tablet: Any) -> None:
    """Full marks with one tap, half a mark less for the first, no veto; a forgotten aspect is asked for."""
    dials = tablet.locator(".dial")
    for place in range(dials.count()):
        dials.nth(place).get_by_role("button", name="满分").click()
    dials.first.get_by_role("button", name="减半分").click()
    press(tablet, "保存")
    says(tablet, "合计 99.5 分，还没有签字")
    for group in tablet.locator("[data-veto]").all():
        group.get_by_label("未出现").check()
    small = tablet.locator(".dial button, .veto label, .score-bar .btn").evaluate_all(
        "all => all.map(each => [each.textContent, each.getBoundingClientRect()])"
        ".filter(([, box]) => box.width < 48 || box.height < 48).map(([text]) => text)"
    )
    assert small == [], f"too small for a finger: {small}"
    press(tablet, "签字并锁定")
    tablet.get_by_role("dialog").get_by_role("button", name="签字并锁定").click()


def verified(journey: Journey, number: str, name: str) -> str:
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
    journey.look(visitor, f"verified-{visitor.locator('.outcome').get_attribute('class').split()[-1]}")
    return str(visitor.locator(".outcome h1").inner_text())
