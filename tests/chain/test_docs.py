"""The generated reference says what the declarations say; the catalogue has every text people read."""

from __future__ import annotations

import gettext
from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

import catalogue
import messages
from jiangheng.cli import clauses, reference
from jiangheng.core.steps import FLOWS

# what people read holds no control characters but tab and line break; the writers of other tools disagree about those
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], include_characters="\n\t"), min_size=1)


def test_the_reference_is_fresh() -> None:
    assert reference.stale() == [], "run `make docs`"


def test_every_step_is_in_the_process_page() -> None:
    page = (reference.FOLDER / "process.md").read_text(encoding="utf-8")
    assert [step.code for flow in FLOWS.values() for step in flow.steps.values() if f"`{step.code}`" not in page] == []


def test_every_file_that_a_page_of_the_docs_names_exists() -> None:
    pages = [clauses.CHECKOUT / name for name in ("README.md", "CONTRIBUTING.md")]
    pages += [path for path in (clauses.CHECKOUT / "docs").rglob("*.md") if path.parent != reference.FOLDER]
    dead = [
        f"{page.name}: {target}"
        for page in pages
        for target in _links(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert dead == []


def _links(text: str) -> list[str]:
    import re

    found = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    return [target for target in found if target and "://" not in target]


def test_every_text_has_an_english_translation() -> None:
    wrong = messages.problems(messages.collected(), catalogue.read(messages.CATALOGUE))
    assert wrong == [], "run `make messages` and translate what is new"


@given(pairs=st.dictionaries(TEXTS, TEXTS, max_size=8))
def test_a_compiled_catalogue_is_read_by_gettext_and_its_source_by_polib(
    pairs: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("catalogue") / "django.po"
    header = catalogue.Message("", forms=["Content-Type: text/plain; charset=UTF-8\n"])
    catalogue.write(path, [header, *(catalogue.Message(id, forms=[text]) for id, text in pairs.items())])
    with catalogue.compile_file(path).open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert {id: compiled.gettext(id) for id in pairs} == pairs
    assert {message.id: message.forms[0] for message in catalogue.read(path) if message.id} == pairs
    assert len(polib.pofile(str(path))) == len(pairs)


def test_plural_forms_survive_the_compilation(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    header = catalogue.Message("", forms=[messages._HEADER])
    catalogue.write(path, [header, catalogue.Message("{n} 项", plural="{n} 项", forms=["{n} item", "{n} items"])])
    with catalogue.compile_file(path).open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.ngettext("{n} 项", "{n} 项", 1) == "{n} item"
    assert compiled.ngettext("{n} 项", "{n} 项", 7) == "{n} items"


def test_an_untranslated_or_fuzzy_text_is_named() -> None:
    wanted = [catalogue.Message("甲", places=["a.py"]), catalogue.Message("乙 {n}", places=["b.py"])]
    present = [catalogue.Message("甲", forms=["A"], fuzzy=True), catalogue.Message("乙 {n}", forms=["B {m}"])]
    found = messages.problems(wanted, [*present, catalogue.Message("丙", forms=["C"])])
    assert found == ["a.py: fuzzy: 甲", "b.py: the translation has other placeholders: 乙 {n}", "no longer used: 丙"]


def test_texts_are_found_in_the_tags_of_a_template() -> None:
    source = """{% load i18n %}{% translate "你好" %}{{ _("标题 (一)") }}{% include "x" with a=_("参数") %}
    {% blocktranslate count n=x %}{{ n }} 件{% plural %}{{ n }} 件{% endblocktranslate %}"""
    assert list(messages._of_template(source)) == [
        ("", "你好", ""), ("", "标题 (一)", ""), ("", "参数", ""), ("", "%(n)s 件", "%(n)s 件"),
    ]  # fmt: skip
