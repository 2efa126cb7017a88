"""Looking at a page as its people see it: sizes, colours, an examination by axe, and a picture to be looked at."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "reports" / "shots"
AXE = ROOT / "client" / "node_modules" / "axe-core" / "axe.min.js"
# only what is wrong is asked for: telling what is right as well takes as long again; style sheets need not be fetched
# anew, for none of these rules reads them
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"], "preload": False}
WIDE, PHONE = 1440, 375
LIGHT, DARK, CONTRAST = "light", "dark", "contrast"
BY_DAY = ((WIDE, LIGHT), (PHONE, DARK))
BY_NIGHT = ((WIDE, DARK), (PHONE, LIGHT))
PLAINLY = ((WIDE, CONTRAST), (PHONE, CONTRAST))


def watch(page: Any, errors: list[str]) -> None:
    """Write down what goes wrong in a page: its scripts' errors and whatever its console reports as one."""

    def said(message: Any) -> None:
        # a form sent back with its errors is a 422, an answer of the hall that time is over a 409, one to a wrong
        # ticket a 401: these are answers that the page shows in its own words, and the console calls each an error
        if message.type == "error" and not any(f"status of {code}" in message.text for code in (401, 409, 422)):
            errors.append(f"{page.url}: {message.text}")

    page.on("console", said)
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))


@functools.cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: Any) -> list[str]:
    """What axe-core finds against WCAG 2.1 AA, one line each."""
    # evaluate() is not subject to the page's content policy, a script tag would be
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(f"() => {{ {_axe()} }}")
    found = page.evaluate("rules => axe.run(document, rules).then(told => told.violations)", RULES)
    return [
        f"{each['id']}: {each['help']} — {node['html'][:200]} {node['failureSummary'][:200]}"
        for each in found
        for node in each["nodes"][:3]
    ]


def look(page: Any, name: str, ways: Iterable[tuple[int, str]] = BY_DAY, *, pictures: bool = True) -> list[str]:
    """Look at the page in each width and theme, save a picture of each; what is wrong, one line each."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    # a page just arrived at has no document element for a moment
    page.wait_for_load_state()
    before, wrong = page.viewport_size, []
    theme_before = page.evaluate("() => document.documentElement.dataset.theme")
    for width, theme in ways:
        page.set_viewport_size({"width": width, "height": 900 if width == WIDE else 812})
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        where = f"{name}-{width}-{theme}"
        found = violations(page)
        beyond = page.evaluate(BEYOND)
        if beyond:
            found.append(f"scrolls sideways: {beyond}")
        if pictures:
            page.screenshot(path=SHOTS / f"{where}.png", full_page=True, animations="disabled")
        wrong += [f"{where} {page.url}: {each}" for each in found]
    page.set_viewport_size(before)
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme_before)
    return wrong


BEYOND = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return "";
  const out = [...document.body.querySelectorAll("*")].filter(each => each.getBoundingClientRect().right > wide + 1);
  return out.slice(-3).map(each => each.outerHTML.slice(0, 120)).join(" | ") || "the document itself";
}"""
"""What sticks out of a page that can be scrolled sideways."""
