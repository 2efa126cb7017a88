"""A day's main task without a mouse: every stop of the Tab key is visible, every act is reached by it."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.slow
MOST_STOPS = 60
FOCUSED = """() => {
  const at = document.activeElement, style = getComputedStyle(at);
  const label = at.labels && at.labels.length ? at.labels[0].textContent : "";
  const name = (at.getAttribute("aria-label") || label || at.textContent || "").trim().replace(/\\s+/g, " ");
  return [name, style.outlineStyle !== "none" || style.boxShadow !== "none"];
}"""
IN_SIGHT = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.bottom > 0 && box.top < window.innerHeight && box.width > 0;
}"""


def tab_to(page: Any, name: str) -> None:
    """Press Tab until that control has the focus; no stop on the way may be invisible."""
    passed = []
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        at, shown = page.evaluate(FOCUSED)
        # the page may take a moment to scroll there
        page.wait_for_function(IN_SIGHT, timeout=2_000)
        assert shown, f"nothing shows that “{at}” has the focus"
        if re.match(name, at):
            return
        passed.append(at)
    pytest.fail(f"Tab does not come to “{name}”, only to {passed}")


def test_a_county_officer_accepts_a_plan_by_keyboard_alone(page: Any, demo_url: str) -> None:
    from jiangheng.demo.city import PASSWORD

    page.goto(f"{demo_url}/login")
    assert page.evaluate(FOCUSED)[0] == "账号", "one may type at once"
    page.keyboard.type("qixing")
    tab_to(page, "密码")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
    # the first stop leads past the navigation
    tab_to(page, "跳到正文")
    page.keyboard.press("Enter")
    tab_to(page, "受理并公告 ")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/d/batch/\d+$"))
    tab_to(page, "受理并公告$")
    page.keyboard.press("Enter")
    page.locator("#step-panel form").wait_for()
    assert page.evaluate(FOCUSED)[0] == "受理并公告", "the focus goes to the form that has opened"
    tab_to(page, "意见")
    page.keyboard.type("同意组织")
    tab_to(page, "受理并公告$")
    page.keyboard.press("Enter")
    page.get_by_text("已办理“受理并公告”").wait_for()
    # and the search by its own key
    page.keyboard.press("/")
    page.keyboard.type("漓光")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    page.get_by_role("link", name=re.compile("漓光电气")).first.wait_for()
