"""The shape of the house that the import contracts cannot see: unscoped reading, names of files, their length (W2)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from jiangheng.cli.clauses import CHECKOUT, PACKAGE

# The unscoped manager is free for the mechanism itself, for clock work, for the commands that found an installation,
# and for the sample city. Everywhere else it is listed with the reason why no actor's reach applies there.
FREE = ("kernel/", "cli/", "demo/", "apps/*/tasks.py", "apps/*/lake.py")
ONCE = "unique in the whole city: a double must be seen wherever it is"
OPEN = "public by declaration"
SECRET = "found by what only the person himself has"
BELOW = "below a thing the caller has reached already"
ACTOR = "makes the actor, before there is one"
MACHINE = "the machine draws, marks or measures with what its user must not read"
LISTED = {
    "apps/batches/forms.py clean_identity": ONCE,
    "apps/batches/queries.py announcements": OPEN,
    "apps/batches/queries.py candidate_actor": ACTOR,
    "apps/batches/queries.py check": BELOW,
    "apps/batches/queries.py matched_photos": BELOW,
    "apps/batches/queries.py objection_by_code": SECRET,
    "apps/batches/queries.py objections_to": BELOW,
    "apps/batches/queries.py open_objections": BELOW,
    "apps/batches/queries.py recognised_by_mode": BELOW,
    "apps/batches/queries.py results_waiting": BELOW,
    "apps/batches/queries.py seated": "what follows a step, for every batch that waits for it",
    "apps/batches/queries.py ticket_holder": SECRET,
    "apps/certificates/queries.py verify": SECRET,
    "apps/exams/queries/answers.py given_by_markers": MACHINE,
    "apps/exams/queries/corrections.py affected": MACHINE,
    "apps/exams/queries/marks.py application_of": BELOW,
    "apps/exams/queries/marks.py corrected": MACHINE,
    "apps/exams/queries/marks.py correction": "what follows a step, on the correction it was performed on",
    "apps/exams/queries/marks.py sitting_marked_in": "what follows a step, on the marking it was performed on",
    "apps/exams/queries/sessions.py session": "what follows a step, on the session it was performed on",
    "apps/institutions/forms.py clean_uscc": ONCE,
    "apps/institutions/queries.py directory": OPEN,
    "apps/institutions/queries.py institution_of": BELOW,
    "apps/institutions/queries.py room_of_word": SECRET,
    "apps/institutions/queries.py rooms_of": BELOW,
    "apps/institutions/queries.py sites_of": BELOW,
    "apps/institutions/rules.py not_filed_already": ONCE,
    "apps/itembank/flow/intake.py offer": "the names of unified banks are open; what is in them stays out of reach",
    "apps/itembank/flow/intake.py receive": BELOW,
    "apps/itembank/flow/intake.py take": BELOW,
    "apps/itembank/flow/measurement.py _keep": MACHINE,
    "apps/itembank/flow/paper.py open_paper": MACHINE,
    "apps/itembank/flow/paper.py seal": MACHINE,
    "apps/itembank/forms/intakes.py prepare": "the names of unified banks are open; what is in them stays out of reach",
    "apps/itembank/forms/items.py _code": BELOW,
    "apps/itembank/forms/papers.py prepare": BELOW,
    "apps/itembank/forms/practice.py clean_code": BELOW,
    "apps/itembank/models/item.py contribution_id": "four eyes: whether this person offered the file, and no more",
    "apps/itembank/models/study.py reach": "an expert reaches the studies he is named in",
    "apps/itembank/pages/credits.py drawn": BELOW,
    "apps/itembank/pages/study.py figures_by_code": BELOW,
    "apps/itembank/queries/banks.py bank_for": MACHINE,
    "apps/itembank/queries/banks.py banks_of": BELOW,
    "apps/itembank/queries/banks.py same_open_bank": ONCE,
    "apps/itembank/queries/intakes.py findings": BELOW,
    "apps/itembank/queries/items.py _naming": BELOW,
    "apps/itembank/queries/items.py enemies_of": BELOW,
    "apps/itembank/queries/items.py rows_of": MACHINE,
    "apps/itembank/queries/items.py stems_like": BELOW,
    "apps/itembank/queries/items.py strange_codes": BELOW,
    "apps/itembank/queries/items.py twins_of": BELOW,
    "apps/itembank/queries/measures.py _earlier": BELOW,
    "apps/itembank/queries/measures.py credits": "credit is public inside government; it names institutions, no item",
    "apps/itembank/queries/measures.py waits_for_analysis": "what follows a step, on the bank it was performed on",
    "apps/itembank/queries/papers.py batch_of": BELOW,
    "apps/itembank/queries/papers.py ordered": MACHINE,
    "apps/itembank/queries/papers.py paper_items": MACHINE,
    "apps/itembank/queries/papers.py paper_of": MACHINE,
    "apps/itembank/queries/papers.py papers_of": MACHINE,
    "apps/itembank/queries/papers.py papers_with": MACHINE,
    "apps/itembank/queries/papers.py plan_in_force": MACHINE,
    "apps/itembank/queries/study.py marks_of": BELOW,
    "apps/itembank/queries/study.py paper_rows": BELOW,
    "apps/itembank/queries/study.py standard_of": BELOW,
    "apps/itembank/rules/papers.py no_other_plan": BELOW,
    "apps/offices/forms.py clean_username": ONCE,
    "apps/offices/queries.py _names": OPEN,
    "apps/offices/queries.py account_of": ACTOR,
    "apps/offices/queries.py actor_of": ACTOR,
    "apps/offices/queries.py holders": "who may be called to a duty is named to whoever calls",
    "apps/offices/queries.py region": OPEN,
    "apps/offices/queries.py regions": OPEN,
    "apps/practicals/queries.py review_place": BELOW,
    "apps/practicals/queries.py waiting": BELOW,
    "apps/roster/queries.py committee": BELOW,
    "apps/roster/queries.py committees_of": BELOW,
    "apps/routes/flow/nominee.py _end_the_post_before": "a post of the same person is ended wherever it was filled",
    "apps/routes/forms.py clean": ONCE,
    "apps/routes/forms.py clean_identity": ONCE,
    "apps/routes/queries.py nominee": BELOW,
    "apps/routes/queries.py posts_in_office": "shown to the public masked",
    "apps/routes/queries.py publicised": OPEN,
    "apps/standards/forms.py clean": ONCE,
    "apps/standards/queries.py _entries": OPEN,
    "apps/standards/queries.py _same_scope": OPEN,
    "apps/standards/queries.py applying": OPEN,
    "apps/standards/queries.py catalogue": OPEN,
    "apps/standards/queries.py enacted": OPEN,
    "apps/standards/queries.py in_force": OPEN,
    "apps/standards/queries.py occupation_choices": OPEN,
    "apps/standards/queries.py programmes": OPEN,
}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "services"}
LONGEST = 400
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def unscoped(path: Path) -> Iterator[str]:
    """``file function`` of every use of ``.everywhere`` in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    name = path.relative_to(PACKAGE).as_posix()
    within: dict[ast.AST, str] = {}
    for owner in ast.walk(tree):
        if isinstance(owner, ast.FunctionDef | ast.ClassDef):
            # walked from the outside in, so the innermost owner is written last
            within |= dict.fromkeys(ast.walk(owner), owner.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "everywhere":
            yield f"{name} {within.get(node, '')}"


def found() -> set[str]:
    """Every use outside the free places."""
    return {
        use
        for path in SOURCES
        if not any(
            path.relative_to(PACKAGE).as_posix().startswith(free) or path.relative_to(PACKAGE).match(free)
            for free in FREE
        )
        for use in unscoped(path)
    }


def test_rows_are_read_unscoped_only_where_a_reason_is_written() -> None:
    assert sorted(found() - set(LISTED)) == [], "read with reach(actor) or visible(actor), or give the reason here"


def test_no_reason_outlives_its_use() -> None:
    assert sorted(set(LISTED) - found()) == []


def test_a_planted_unscoped_read_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = PACKAGE / "apps" / "offices" / "pages.py"
    text = "class Shelf:\n    def all(self):\n        return Model.everywhere.all()\n"
    monkeypatch.setattr(Path, "read_text", lambda self, **_: text)
    assert list(unscoped(planted)) == ["apps/offices/pages.py all"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_source_file_has_a_name_that_says_something_and_can_be_read_at_a_sitting(path: Path) -> None:
    assert path.stem not in DRAWERS
    code = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("P(")]
    assert len(code) <= LONGEST, f"{len(code)} lines: split it by thing"


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    # written in pieces, so that this file does not find itself
    machine = re.compile(
        "|".join(("/" + "root/", "/" + "work/", "/" + "tmp/", "pypi" + r"\.org", "registry" + r"\.npmjs"))
    )
    folders = [PACKAGE, CHECKOUT / "tests", CHECKOUT / "tools", CHECKOUT / "docs", CHECKOUT / "requirements"]
    kinds = {".py", ".md", ".txt", ".html", ".toml", ".in"}
    wrong = [
        f"{path.relative_to(CHECKOUT)}: {matched[0]}"
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in kinds and (matched := machine.search(path.read_text(encoding="utf-8")))
    ]
    assert wrong == []
