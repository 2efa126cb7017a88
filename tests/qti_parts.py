"""Items of QTI 2.1 built for tests: body, declarations and rules from their parts."""

from __future__ import annotations

import io
import zipfile

from jiangheng.apps.itembank.formats import qti
from jiangheng.apps.itembank.formats.found import Found
from jiangheng.core.exam.items import Item

MATCH = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>'
MAP = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>'


def item(body: str, *declared: str, rules: str = MATCH, after: str = "", attributes: str = "") -> bytes:
    """An item of QTI 2.1."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"'
        f' identifier="Q1" title="题" adaptive="false" timeDependent="false" {attributes}>{"".join(declared)}'
        f'<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
        f"<itemBody>{body}</itemBody>{rules}{after}</assessmentItem>"
    ).encode()


def response(
    *right: str, name: str = "RESPONSE", cardinality: str = "single", base: str = "identifier", more: str = ""
) -> str:
    values = "".join(f"<value>{one}</value>" for one in right)
    correct = f"<correctResponse>{values}</correctResponse>" if right else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">'
        f"{correct}{more}</responseDeclaration>"
    )


def mapping(**worth: float) -> str:
    rows = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in worth.items())
    return f'<mapping defaultValue="0">{rows}</mapping>'


def choices(*names: str, most: int = 1, name: str = "RESPONSE") -> str:
    inner = "".join(f'<simpleChoice identifier="{one}">选项{one}</simpleChoice>' for one in names)
    return (
        f'<choiceInteraction responseIdentifier="{name}" maxChoices="{most}"><prompt>'
        f"哪个？</prompt>{inner}</choiceInteraction>"
    )


def entry(name: str = "RESPONSE") -> str:
    return f'<textEntryInteraction responseIdentifier="{name}"/>'


def one(data: bytes) -> Found:
    (found,) = qti.read(data, name="q1.xml").items
    return found


def taken(data: bytes) -> Item:
    found = one(data)
    assert found.item is not None, found.problems
    assert not found.problems
    return found.item


def package(**files: bytes | str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name, part in files.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), part)
    return data.getvalue()


def scored(*conditions: tuple[str, str], otherwise: str = "") -> str:
    inner = "".join(
        (
            f"<{tag}>{test}<setOutcomeValue identifier='SCORE'><baseValue baseType='float'>"
            f"{worth}</baseValue></setOutcomeValue></{tag}>"
        )
        for tag, (test, worth) in zip(["responseIf"] + ["responseElseIf"] * 9, conditions, strict=False)
    )
    return f"<responseProcessing><responseCondition>{inner}{otherwise}</responseCondition></responseProcessing>"


VARIABLE, CORRECT = '<variable identifier="RESPONSE"/>', '<correct identifier="RESPONSE"/>'


def equal(**given: str) -> str:
    attributes = " ".join(f'{name}="{text}"' for name, text in given.items())
    return scored((f"<equal {attributes}>{VARIABLE}{CORRECT}</equal>", "1"))


def columns(left: str, right: str) -> str:
    def column(names: str) -> str:
        return "".join(
            f'<simpleAssociableChoice identifier="{one}" matchMax="9">项{one}</simpleAssociableChoice>' for one in names
        )

    inner = "".join(f"<simpleMatchSet>{column(names)}</simpleMatchSet>" for names in (left, right))
    return f'<p>连线</p><matchInteraction responseIdentifier="RESPONSE" maxAssociations="9">{inner}</matchInteraction>'
