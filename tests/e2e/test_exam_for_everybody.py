"""An exam without a mouse, on a small page, in large print, for those who listen to it (clause K13)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from exam_place import GIVEN, OPENS, TROUBLED, Place, check_in, hand_in, is_safe, place, read_the_rules, turn
from site_place import identity, number
from windows import BEYOND, PHONE, violations

pytestmark = pytest.mark.slow
MOST_STOPS = 70
CONTROLS = {"button", "radio", "checkbox", "textbox", "combobox", "link", "application", "DisclosureTriangle", "timer"}
FOCUSED = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const label = at.labels && at.labels.length ? at.labels[0].textContent : "";
  const shows = each => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
  };
  return {
    name: (at.getAttribute("aria-label") || label || at.textContent || "").trim().replace(/\\s+/g, " "),
    shown: [at, at.closest("label")].some(each => each !== null && shows(each)),
    inSight: box.bottom > 0 && box.top < window.innerHeight && box.width > 0,
    nowhere: at === document.body,
  };
}"""


def tab_to(page: Any, name: str) -> None:
    """Press Tab until that control has the focus; every stop on the way is shown and in sight."""
    passed = []
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at["nowhere"]:
            continue
        assert at["shown"] and at["inSight"], f"nothing shows that “{at['name']}” has the focus"
        if re.match(name, at["name"]):
            return
        passed.append(at["name"])
    pytest.fail(f"Tab does not come to “{name}”, only to {passed}")


def press(page: Any, *names: str) -> None:
    """Go to each of these by Tab and press Enter."""
    for name in names:
        tab_to(page, name)
        page.keyboard.press("Enter")


def answer_by_keys(page: Any) -> set[str]:
    """Something at every unit of the leaf, with the keys alone; their names."""
    names = set()
    for section in page.locator(".exam-body [data-place]").all():
        names.add(section.locator(".exam-stem").inner_text().split("题干 ")[1].split("。")[0])
    for name in sorted(names):
        match name:
            case "f1":
                tab_to(page, "第 1 空")
                page.keyboard.type("220")
                tab_to(page, "第 2 空")
                page.keyboard.type("50")
            case "c1.2":
                tab_to(page, "第 1 空")
                page.keyboard.type("1.73")
            case "n1":
                tab_to(page, "答案，单位")
                page.keyboard.type("12.5")
            case "r1" | "c1.3":
                tab_to(page, "答案")
                page.keyboard.type("m 1 →")
            case "p1":
                for left in "ABC":
                    tab_to(page, f"p1 选项 {left}")
                    page.keyboard.press("ArrowDown")
            case "o1":
                press(page, "下移")
            case "h1":
                tab_to(page, "图片")
                for key in ("Enter", "Shift+ArrowLeft", "Enter"):
                    page.keyboard.press(key)
            case "c1.1":
                # the first radio button is reached by Tab, the space bar chooses it
                tab_to(page, "A")
                page.keyboard.press("Space")
            case _:
                page.keyboard.press("2")
    return names


def test_a_whole_exam_is_taken_without_a_mouse(page: Any, tmp_path: Path) -> None:
    with place(tmp_path, at=OPENS + 60_000) as room:
        page.goto(room.address)
        page.get_by_label("准考证号").wait_for()
        assert page.evaluate(FOCUSED)["name"] == "准考证号", "one may type at once"
        page.keyboard.type(number(TROUBLED))
        tab_to(page, "证件号码")
        page.keyboard.type(identity(TROUBLED))
        page.keyboard.press("Enter")
        page.get_by_text(f"考生{TROUBLED}").wait_for()
        press(page, "是本人，继续")
        page.get_by_label("我已阅读并遵守考场规则").wait_for()
        tab_to(page, "我已阅读")
        page.keyboard.press("Space")
        press(page, "进入考试")
        page.locator(".exam-stem").first.wait_for()
        answered: set[str] = set()
        while True:
            answered |= answer_by_keys(page)
            if len(answered) == len(GIVEN):
                break
            press(page, "下一题")
        press(page, "标记", "交卷")
        assert page.evaluate(FOCUSED)["name"] == "继续答题", "the harmless answer is the nearest"
        assert "13 题全部作答" in page.get_by_role("dialog").inner_text()
        page.keyboard.press("Escape")
        press(page, "交卷")
        press(page, "确认交卷")
        page.get_by_text(f"作答 {len(GIVEN)} 题，共 {len(GIVEN)} 题").wait_for()
        assert room.answers(TROUBLED).keys() == GIVEN.keys() and len(room.state(TROUBLED).flags) == 1


def unnamed(page: Any) -> list[str]:
    """Controls that have no name for who listens, as the browser itself tells a screen reader."""
    line = page.context.new_cdp_session(page)
    nodes = line.send("Accessibility.getFullAXTree")["nodes"]
    line.detach()
    found = [each for each in nodes if not each.get("ignored") and each["role"]["value"] in CONTROLS]
    return [each["role"]["value"] for each in found if not each.get("name", {}).get("value", "").strip()]


def is_fit(page: Any, where: str) -> list[str]:
    """What is wrong with the page as it stands."""
    wrong = [*violations(page), *(f"without a name: {role}" for role in unnamed(page))]
    if beyond := page.evaluate(BEYOND):
        wrong.append(f"scrolls sideways: {beyond}")
    return [f"{where}: {each}" for each in wrong]


def test_every_screen_fits_a_small_page_in_large_print_and_every_control_has_a_name(page: Any, tmp_path: Path) -> None:
    page.set_viewport_size({"width": PHONE, "height": 700})
    # colours that are still changing have no contrast to be judged
    page.emulate_media(reduced_motion="reduce")
    with place(tmp_path, at=OPENS - 25_000, calculator=True, breaks=600) as room:
        page.goto(room.address)
        page.get_by_label("准考证号").wait_for()
        wrong = is_fit(page, "check-in")
        page.get_by_label("准考证号").fill("T999")
        page.get_by_label("证件号码").fill("450")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        wrong += is_fit(page, "a wrong number")
        check_in(page, room, TROUBLED)
        page.get_by_label("我已阅读并遵守考场规则").wait_for()
        wrong += is_fit(page, "rules")
        read_the_rules(page)
        page.get_by_text("请等待开考").wait_for()
        wrong += is_fit(page, "waiting room")
        page.locator(".exam-stem").first.wait_for(timeout=60_000)
        it_speaks(page, room)
        leaves = 0
        while True:
            leaves += 1
            wrong += is_fit(page, f"leaf {leaves}")
            page.evaluate("document.documentElement.dataset.text = 'largest'")
            wrong += [f"leaf {leaves} in large print: {each}" for each in [page.evaluate(BEYOND)] if each]
            page.evaluate("delete document.documentElement.dataset.text")
            if page.get_by_role("button", name="下一题", exact=True).is_disabled():
                break
            turn(page)
        page.get_by_role("button", name="计算器").click()
        wrong += is_fit(page, "calculator")
        page.keyboard.press("Escape")
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="休息", exact=True).click()
        page.get_by_role("alertdialog", name="正在休息").wait_for()
        wrong += is_fit(page, "break")
        page.get_by_role("button", name="继续考试").click()
        page.get_by_role("alertdialog").wait_for(state="detached")
        page.get_by_role("button", name="交卷", exact=True).click()
        wrong += is_fit(page, "hand in?")
        page.keyboard.press("Escape")
        hand_in(page)
        page.get_by_role("heading", name="已交卷").wait_for()
        wrong += is_fit(page, "handed in")
        assert wrong == [], "\n".join(wrong)
        assert leaves == 11


def it_speaks(page: Any, room: Place) -> None:
    """The time left and "saved" are regions that are spoken of; what is spoken is what is true."""
    assert page.get_by_role("timer", name="剩余时间").inner_text().count(":") == 2
    assert page.locator("[aria-live=polite]").count() == 1
    saved = page.get_by_role("status").and_(page.locator(".exam-saved"))
    assert saved.inner_text() == "尚未作答"
    cell = page.locator(".exam-grid [aria-current=true]")
    assert cell.get_attribute("aria-label") == "第 1 题, 未答"
    page.get_by_role("button", name="标记", exact=True).click()
    is_safe(page, room, TROUBLED, set())
    assert saved.inner_text().startswith("已保存")
    assert page.get_by_role("button", name="取消标记", pressed=True).count() == 1
    assert cell.get_attribute("aria-label") == "第 1 题, 未答, 已标记"
