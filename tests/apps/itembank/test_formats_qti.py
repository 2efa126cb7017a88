"""QTI in: choices and blanks with scoring of many forms, and what is refused or left behind, each with its reason."""

from __future__ import annotations

import pytest

from jiangheng.apps.itembank.formats import qti
from qti_parts import CORRECT, MAP, VARIABLE, choices, entry, item, mapping, one, response, scored, taken


def test_single_choice_with_a_template() -> None:
    found = taken(item(f"<p>材料</p>{choices('X1', 'X2', 'X3')}", response("X2")))
    assert (found.code, found.kind, found.stem, found.answer) == ("Q1", "single", "<p>材料</p><p>哪个？</p>", ("B",))
    assert [option.text for option in found.options] == ["选项X1", "选项X2", "选项X3"]


def test_names_of_all_versions_are_one() -> None:
    old = item(choices("A", "B", "C"), response("B")).decode()
    new = (
        '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="Q1" title="题">'
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">'
        "<qti-correct-response><qti-value>B</qti-value></qti-correct-response></qti-response-declaration>"
        '<qti-item-body><qti-choice-interaction response-identifier="RESPONSE" max-choices="1">'
        "<qti-prompt>哪个？</qti-prompt>"
        + "".join(f'<qti-simple-choice identifier="{key}">选项{key}</qti-simple-choice>' for key in "ABC")
        + "</qti-choice-interaction></qti-item-body><qti-response-processing"
        ' template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/></qti-assessment-item>'
    )
    named = old.replace("<", "<imsqti:").replace("<imsqti:/", "</imsqti:").replace("<imsqti:?", "<?")
    named = named.replace('xmlns="', 'xmlns:imsqti="')
    assert taken(old.encode()) == taken(new.encode()) == taken(named.encode())
    assert [qti.read(data.encode()).format for data in (old, new)] == ["QTI 2.1", "QTI 3.0"]


@pytest.mark.parametrize(
    ("right", "wrong", "answer"), [("对", "错", "A"), ("正确", "错误", "A"), ("×", "√", "B"), ("False", "True", "B")]
)
def test_two_options_that_say_right_and_wrong_are_a_judgement(right: str, wrong: str, answer: str) -> None:
    body = (
        '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>地是圆的</prompt>'
        f'<simpleChoice identifier="x"><p>{wrong}</p></simpleChoice>'
        f'<simpleChoice identifier="y">{right}</simpleChoice></choiceInteraction>'
    )
    found = taken(item(body, response("y")))
    assert (found.kind, found.answer, found.options[0].text) == ("judgement", (answer,), "正确")


def test_several_right_options_by_mapping_alone() -> None:
    found = one(
        item(choices("A", "B", "C", most=0), response(cardinality="multiple", more=mapping(A=1, B=-1, C=1)), rules=MAP)
    )
    assert found.item and (found.item.kind, found.item.answer) == ("multiple", ("A", "C"))
    assert any("部分分" in loss for loss in found.losses)


def test_a_mapping_that_rewards_wrong_options_too_is_said() -> None:
    found = one(
        item(
            choices("A", "B", "C", most=0),
            response("A", "B", cardinality="multiple", more=mapping(A=1, B=1)),
            rules=MAP,
        )
    )
    assert found.item and found.item.answer == ("A", "B")
    assert any("多选了错项" in loss for loss in found.losses)


@pytest.mark.parametrize(
    "rules",
    [
        scored((f"<match>{VARIABLE}{CORRECT}</match>", "1")),
        scored((f"<isNull>{VARIABLE}</isNull>", "0"), (f"<match>{VARIABLE}{CORRECT}</match>", "5")),
        scored((f"<match>{VARIABLE}<baseValue baseType='identifier'>B</baseValue></match>", "2")),
        scored(
            (f"<not><match>{VARIABLE}{CORRECT}</match></not>", "0"),
            ("<not><isNull><variable identifier='RESPONSE'/></isNull></not>", "3"),
        ),
        scored(
            (
                (
                    f"<and><not><isNull>{VARIABLE}</isNull></not><member>{VARIABLE}<multiple>"
                    "<baseValue baseType='identifier'>B</baseValue></multiple></member></and>"
                ),
                "1",
            )
        ),
        (
            "<responseProcessing><setOutcomeValue identifier='SCORE'><sum>"
            "<variable identifier='SCORE'/><mapResponse identifier='RESPONSE'/></sum>"
            "</setOutcomeValue></responseProcessing>"
        ),
    ],
)
def test_a_right_answer_is_known_by_what_the_rules_give_not_by_their_form(rules: str) -> None:
    assert taken(item(choices("A", "B", "C"), response("B", more=mapping(B=1)), rules=rules)).answer == ("B",)


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (scored((f"<match>{VARIABLE}<baseValue baseType='identifier'>C</baseValue></match>", "1")), "不一致"),
        (scored((f"<isNull>{VARIABLE}</isNull>", "1")), "没有一种选法得分"),
        (scored((f"<patternMatch pattern='(a+)+'>{VARIABLE}</patternMatch>", "1")), "pattern-match"),
        (scored(("<random><baseValue baseType='boolean'>true</baseValue></random>", "1")), "random"),
        (scored((f"<customOperator class='x'>{VARIABLE}</customOperator>", "1")), "custom-operator"),
        ("<responseProcessing template='http://example.org/own'/>", "own"),
        (
            (
                "<responseProcessing><setOutcomeValue identifier='OTHER'><baseValue baseType='float'>"
                "1</baseValue></setOutcomeValue></responseProcessing>"
            ),
            "SCORE",
        ),
        (scored((f"<match>{VARIABLE}<variable identifier='NOBODY'/></match>", "1")), "NOBODY"),
        (
            scored(
                (
                    (
                        "<or><match><variable identifier='RESPONSE'/><baseValue baseType='identifier'>"
                        "A</baseValue></match><match><variable identifier='RESPONSE'/>"
                        "<baseValue baseType='identifier'>B</baseValue></match></or>"
                    ),
                    "1",
                )
            ),
            "几种不同",
        ),
    ],
)
def test_rules_that_mean_something_else_leave_the_item_as_its_own_xml(rules: str, reason: str) -> None:
    data = item(choices("A", "B", "C"), response("B"), rules=rules)
    found = one(data)
    assert found.item is None and reason in found.problems[0] and found.original == data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            item(choices("A", "B"), response("B"), attributes='x="1"').replace(b'adaptive="false"', b'adaptive="true"'),
            "自适应",
        ),
        (item(choices("A", "B"), response("B"), "<templateDeclaration identifier='a'/>"), "随机生成"),
        (item("<p>没有作答</p>"), "没有作答部分"),
        (
            item(
                "<sliderInteraction responseIdentifier='RESPONSE' lowerBound='0' upperBound='9'/>",
                response("4", base="integer"),
            ),
            "slider",
        ),
        (item("<uploadInteraction responseIdentifier='RESPONSE'/>", response(base="file")), "upload"),
        (item(choices(*"ABCDEFGHI"), response("B")), "9 个选项"),
        (item(choices("A", "A", "B"), response("B")), "重复"),
        (item(choices("A", "B", "C")), "没有对应"),
    ],
)
def test_kinds_the_house_has_not_are_said(data: bytes, reason: str) -> None:
    found = one(data)
    assert found.item is None and reason in found.problems[0]


def test_blanks_take_every_text_that_earns_everything() -> None:
    body = f"<p>电压{entry('R1')}，频率{entry('R2')}{entry('R3')}_____</p>"
    rules = "<responseProcessing><setOutcomeValue identifier='SCORE'><sum>" + "".join(
        f"<mapResponse identifier='R{number}'/>" for number in (1, 2, 3)
    )
    declared = [
        response("220", name="R1", base="string", more=mapping(**{"220": 1, "二百二十": 1, "200": 0.5})),
        response(name="R2", base="string", more=mapping(**{"50": 2})),
        response("a", name="R3", base="string", more=mapping(a=1).replace("/>", ' caseSensitive="false"/>')),
    ]
    found = one(item(body, *declared, rules=f"{rules}</sum></setOutcomeValue></responseProcessing>"))
    assert found.item and found.item.kind == "fill" and found.item.answer == ("220|二百二十", "50", "a")
    assert found.item.stem == "电压____，频率____ ____＿＿＿＿＿"
    assert any("200" in loss for loss in found.losses)


def test_texts_compared_one_by_one_are_all_accepted() -> None:
    said = "".join(
        f"<stringMatch caseSensitive='false'>{VARIABLE}<baseValue baseType='string'>{text}</baseValue></stringMatch>"
        for text in ("cm", "厘米")
    )
    found = taken(item(f"<p>单位{entry()}</p>", response(base="string"), rules=scored((f"<or>{said}</or>", "1"))))
    assert found.answer == ("cm|厘米",)


def test_a_choice_within_the_text_is_a_blank_with_the_words_behind_it() -> None:
    body = (
        '<p>用<inlineChoiceInteraction responseIdentifier="RESPONSE"><inlineChoice identifier="a">万用表</inlineChoice>'
        '<inlineChoice identifier="b">兆欧表</inlineChoice></inlineChoiceInteraction>测</p>'
    )
    found = one(item(body, response("b")))
    assert found.item and (found.item.stem, found.item.answer) == ("用____（万用表／兆欧表）测", ("兆欧表",))
    assert any("下拉" in loss for loss in found.losses)
