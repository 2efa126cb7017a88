"""Every page of every role over a whole city: accessible, quiet in the console, not wider than a phone, and pictured.

A page drawn by a template not seen before is looked at in both languages, each at both widths and in both themes, and
pictured (reports/shots); of a further flow drawn by it once, where it breaks soonest: in English on a phone; of a flow
that is known, once for each role that may do something else on it. High contrast and the largest type are chosen where
a person would choose them and looked at on a page of each kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from windows import BY_DAY, BY_NIGHT, DARK, LIGHT, PHONE, PLAINLY, look, watch

pytestmark = pytest.mark.slow
STAFF = (
    "gl.admin", "gl.city", "gl.center1", "gl.writer", "gl.reviewer", "qixing", "lg.manager", "lg.registrar",
    "lg.checker", "lg.approver", "lg.officer", "lg.invigilator1", "lg.evaluator1", "lg.issuer", "lg.keeper",
    "gl.expert5",
)  # fmt: skip
PUBLIC = (
    "/", "/verify", "/paths", "/institutions", "/objections", "/register", "/login", "/exam/enter", "/clauses/K10",
)  # fmt: skip
LANGUAGES = {"zh": "zh-hans", "en": "en"}
SPECIAL = {
    f"/d/{each}"
    for each in ("roster/N/preview", "batch/N/seating", "batch/N/results", "session/N/room", "sheet/N/score")
}
# a desk, a list, a thing with its chain, a table of seats; and what a visitor opens first
PLAIN = ("/home", "/d/application/", "/d/batch/3", "/d/batch/3/seating")
PLAIN_PUBLIC = ("/", "/verify", "/announcements", "/exam/enter")
DOCUMENT = re.compile(r"\.(pdf|xlsx|toml|zip|json)$|/export|/file/|^/verify\?")


class Round:
    """A round through pages: which were seen, and what was wrong."""

    def __init__(self, browser: Any, address: str) -> None:
        self.browser, self.address = browser, address
        self.seen: set[str] = set()
        self.once = cycle((*BY_DAY, *BY_NIGHT))
        self.narrow = cycle(((PHONE, LIGHT), (PHONE, DARK)))

    def window(self) -> Any:
        """A fresh window with the list of what goes wrong in it."""
        context = self.browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900},
            # colours that are still changing have no contrast to speak of
            reduced_motion="reduce", base_url=self.address,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.wrong = []
        watch(page, page.wrong)
        return page

    def visit(self, page: Any, who: str, path: str) -> None:
        """Open a page and look at it, as often as it is new."""
        place = re.sub(r"\d+", "N", path.partition("?")[0])
        # logged in, a candidate sees a form where the public sees the way to it
        looks = self._looks(f"{who}{place}" if who == "candidate" else place)
        if not looks:
            assert page.goto(path).ok, path
        for language, ways in looks:
            # of a template that was pictured more pictures would show nothing else
            pictures = len(looks) > 1
            cookie = {"name": "django_language", "value": LANGUAGES[language], "url": self.address}
            page.context.add_cookies([cookie])
            answer = page.goto(path)
            assert answer.ok, f"{path}: {answer.status}"
            name = f"{who}{place}".replace("/", "-").strip("-") + f"-{language}"
            page.wrong += look(page, name, ways, pictures=pictures)

    def _looks(self, place: str) -> list[tuple[str, Any]]:
        template = re.sub(r"^/d/\w+/$", "list", re.sub(r"^/d/\w+/N/(new/[\w.]+|[a-z_]+)$", "form", place))
        if place in SPECIAL:
            template = place
        known, drawn = place in self.seen, template in self.seen
        self.seen |= {place, template}
        if not drawn:
            return [("zh", BY_DAY), ("en", BY_NIGHT)]
        if not known:
            return [("en", (next(self.narrow),))]
        # a list shows every role the same columns, a thing shows each what he may do
        return [("zh", (next(self.once),))] if re.fullmatch(r"/home|/d/\w+/N", place) else []


@pytest.fixture(scope="module")
def rounds(browser: Any, demo_url: str) -> Iterator[Round]:
    yield Round(browser, demo_url)


def log_in(page: Any, username: str) -> None:
    """Through the log-in page."""
    from jiangheng.demo.city import PASSWORD

    page.goto("/login")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/(home|my)$"))


def paths(page: Any, selector: str) -> list[str]:
    """Where the links of that selector lead, each once; documents are not pages."""
    found = page.locator(selector).evaluate_all("all => all.map(each => each.getAttribute('href'))")
    return [path for path in dict.fromkeys(found) if path and path.startswith("/") and not DOCUMENT.search(path)]


@pytest.mark.parametrize("username", STAFF)
def test_every_page_of_a_role_is_accessible_and_fits_every_screen(rounds: Round, username: str) -> None:
    page = rounds.window()
    try:
        log_in(page, username)
        for path in ("/home", "/inbox", "/search?q=电工", "/d/"):
            rounds.visit(page, username, path)
        page.goto("/home")
        for menu in paths(page, ".sidenav a[href^='/d/']"):
            rounds.visit(page, username, menu)
            things = paths(page, "tbody a.title")
            # the newest, and of the evaluations also the one that is over and has all its papers
            for thing in dict.fromkeys([*things[:1], *(things[-1:] if menu == "/d/batch/" else ())]):
                rounds.visit(page, username, thing)
                # what one goes to from here: the special pages, and the form of the first step that asks something
                for further in (*paths(page, ".head .btns a"), *paths(page, ".steps a.btn")[:1]):
                    rounds.visit(page, username, further)
        assert page.wrong == [], "\n".join(page.wrong)
    finally:
        page.context.close()


def test_every_page_of_the_public_is_accessible_and_fits_every_screen(rounds: Round) -> None:
    page = rounds.window()
    try:
        for path in PUBLIC:
            rounds.visit(page, "public", path)
        page.goto("/institutions")
        for path in paths(page, "main a[href^='/institutions/']")[:1]:
            rounds.visit(page, "public", path)
        rounds.visit(page, "public", "/announcements")
        for path in paths(page, "main a[href^='/announcements/']")[:2]:
            rounds.visit(page, "public", path)
            rounds.visit(page, "public", f"{path}/apply")
            rounds.visit(page, "public", f"{path}/publicity")
        assert page.wrong == [], "\n".join(page.wrong)
    finally:
        page.context.close()


def test_every_page_of_a_candidate_is_accessible_and_fits_every_screen(rounds: Round) -> None:
    from jiangheng.demo.people import people

    page = rounds.window()
    try:
        log_in(page, "kaosheng1")
        rounds.visit(page, "candidate", "/my")
        own = paths(page, "main a[href^='/my/']")[0]
        rounds.visit(page, "candidate", own)
        ticket = page.locator("[aria-labelledby=parts-head] .panel-head .code").inner_text()
        page.goto("/announcements?when=open")
        rounds.visit(page, "candidate", f"{paths(page, 'main .notices a')[0]}/apply")
        page.context.clear_cookies()
        page.goto("/exam/enter")
        page.locator("input[name=ticket]").fill(ticket)
        page.locator("input[name=identity]").fill(people(2, seed=1001, born=(1990, 2000))[0].identity)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/exam/")
        rounds.visit(page, "candidate", "/exam/")
        assert page.wrong == [], "\n".join(page.wrong)
    finally:
        page.context.close()


@pytest.mark.parametrize(("username", "places"), [("", PLAIN_PUBLIC), ("lg.officer", PLAIN)])
def test_high_contrast_and_the_largest_type_are_kept_and_fit_every_screen(
    rounds: Round, username: str, places: tuple[str, ...]
) -> None:
    page = rounds.window()
    try:
        page.goto("/")
        if username:
            log_in(page, username)
        page.locator("details.menu:has([data-set-theme]) > summary").click()
        page.get_by_role("button", name="高对比").click()
        page.get_by_role("button", name="特大").click()
        for path in places:
            assert page.goto(path).ok, path
            assert page.evaluate("() => ({...document.documentElement.dataset})").items() >= {
                ("theme", "contrast"), ("text", "largest"),
            }  # fmt: skip
            page.wrong += look(page, f"plain-{username}{path}".replace("/", "-").strip("-"), PLAINLY)
        assert page.wrong == [], "\n".join(page.wrong)
    finally:
        page.context.close()


def test_a_page_that_does_not_exist_or_is_not_for_me_says_so_accessibly(rounds: Round) -> None:
    page = rounds.window()
    try:
        log_in(page, "lg.checker")
        wrong = []
        for path, status in (("/d/batch/999999", 404), ("/nowhere", 404)):
            assert page.goto(path).status == status
            wrong += look(page, f"fault-{status}", BY_DAY)
        assert wrong == [], "\n".join(wrong)
    finally:
        page.context.close()
