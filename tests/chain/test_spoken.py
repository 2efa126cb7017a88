"""No sentence of core is Chinese on an English page: all it can say is collected, translated and found again."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

import jiangheng
import said
from jiangheng.core.exam.items import KINDS
from jiangheng.core.law import eligibility, standard_text
from jiangheng.kernel.spoken import spoken
from jiangheng.web import brake

CORE = Path(jiangheng.__file__).parent / "core"
CHINESE = re.compile(r"[\u3400-\u9fff]")
MODULES = sorted(path.relative_to(CORE).as_posix() for path in CORE.rglob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_whatever_a_module_of_core_says_is_english_in_english(module: str) -> None:
    texts = list(said.texts(ast.parse((CORE / module).read_text(encoding="utf-8"))))
    with translation.override("en"):
        told = {text: spoken(re.sub(r"\{\d+\}", "7", text)) for text in texts}
    assert {text: english for text, english in told.items() if CHINESE.search(english)} == {}


def test_the_names_in_the_tables_of_core_are_english_in_english() -> None:
    tables = (
        eligibility.SCHOOL_KINDS, eligibility.TITLE_RANKS, eligibility.APPROVED_LISTS,
        standard_text.KINDS, standard_text.PARTS, standard_text.ASPECT_KINDS,
    )  # fmt: skip
    names = [name for table in tables for name in table.values()] + [kind.name for kind in KINDS.values()]
    with translation.override("en"):
        assert [name for name in names if CHINESE.search(spoken(name))] == []


def answer(client: Client) -> dict[str, str]:
    """The question of the form, answered; its token does not hang on the language."""
    asked = re.search(r"验证题：(.)(加|减)(.)等于几", page := client.get("/verify").content.decode())
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert asked and token
    first, second = brake.WORDS.index(asked[1]), brake.WORDS.index(asked[3])
    return {"token": token[1], "answer": str(first + second if asked[2] == "加" else first - second)}


@pytest.fixture
def language_restored() -> Iterator[None]:
    """A request leaves its language behind."""
    with translation.override("zh-hans"):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("language_restored")
def test_a_certificate_number_with_faults_is_refused_in_the_language_of_the_page(client: Client) -> None:
    given = {"number": "Y45", "name": "张三"}
    page = client.post("/verify", given | answer(client)).content.decode()
    assert "证书编号为 3 位(职业技能等级证书编号规定为22位)。" in page
    question = answer(client)
    client.cookies["django_language"] = "en"
    page = client.post("/verify", given | question).content.decode()
    told = "The certificate number has 3 characters (the number of a vocational skill-level certificate has 22)."
    assert told in page
    body = re.sub(r"<[^>]*>|张三|中文", "", page[page.index("<main") : page.index("</main>")])
    assert CHINESE.findall(body) == []


SOURCE = '''
"""模块说明"""
import re
SHAPE = re.compile("正则")
PROVINCES = {"45": "广西"}
NAMES: dict[str, str] = {"键": "值"}
WORDS = _numbered("博士 硕士")

def tell(years, months, near):
    """函数说明"""
    after = f"{years}年" + (f"{months}个月" if months else "")
    return f"须满{years}年,现为{after or '（无）'}" "。" f"{'、'.join(near)}"
'''


def test_all_that_a_module_can_say_is_collected_and_nothing_else() -> None:
    assert sorted(said.texts(ast.parse(SOURCE))) == sorted(
        ["值", "博士", "硕士", "{0}年{1}个月", "{0}年", "须满{0}年,现为{1}。{2}", "（无）"]
    )


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('x = "甲" if y else f"乙{z}"', ["甲", "乙{0}"]),
        ('x = f"甲{a}{b:>3}乙"', ["甲{0}{1}乙"]),
        ('x = ["甲"] + ["乙"]', ["甲", "乙"]),
        ('x = say("甲" + y)', ["甲{0}"]),
        ('x = f"{{甲}}{y}"', ["{甲}{0}"]),
        ('x = "第{}段，共{}段".format(y, z)', ["第{0}段，共{1}段"]),
    ],
)
def test_a_text_is_collected_as_it_can_be_said(source: str, texts: list[str]) -> None:
    assert list(said.texts(ast.parse(source))) == texts
