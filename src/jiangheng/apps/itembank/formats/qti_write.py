"""Our items as a QTI 3.0 content package: manifest, one XML an item, pictures (clause K7).

`read(write(items)) == items`: what QTI has no place for stands in our own extension of the manifest, and is named in
the losses, because another system passes it over. White space around texts is not carried.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from jiangheng.apps.itembank.formats.extension import extension_of
from jiangheng.apps.itembank.formats.found import Media, Written
from jiangheng.apps.itembank.formats.pictures import NotAPicture, file_name
from jiangheng.apps.itembank.formats.qti_item import OWN_EXPLANATION, OWN_PART, OWN_REFERENCE, OWN_RUBRIC
from jiangheng.apps.itembank.formats.qti_markup import (
    QTI,
    TEMPLATES,
    Asked,
    NotCarried,
    Page,
    asked,
    blanks_in,
    node,
    stem,
    under,
)
from jiangheng.apps.itembank.formats.qti_metadata import metadata_of
from jiangheng.core.exam import rich
from jiangheng.core.exam.items import KINDS, Item, units

PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_STATED = frozenset({"answer", "unit", "tolerance"})
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")
# What archives of a bank say of their time is nothing, so that the same items are the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(items: Sequence[Item], *, media: Mapping[str, Media], title: str) -> Written:
    """The package and, by item code, what another system will not see. An item that cannot be carried is left out."""
    losses: dict[str, tuple[str, ...]] = {}
    files: dict[str, bytes] = {}
    resources = []
    used: set[str] = set()
    for number, item in enumerate(items, start=1):
        try:
            body, shown = _file(item, media=media, number=number)
        except (NotCarried, NotAPicture) as refused:
            losses[item.code] = (str(refused),)
            continue
        files[f"items/q{number:05d}.xml"] = body
        used |= shown
        resources.append(_resource(item, number=number, shown=shown, media=media))
        if lost := _losses(item):
            losses[item.code] = lost
    for digest in sorted(used):
        files[f"media/{file_name(digest, media[digest])}"] = media[digest].data
    return Written(_packed({"imsmanifest.xml": _manifest(resources, used, media, title), **files}), losses)


def _packed(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return packed.getvalue()


def _file(item: Item, *, media: Mapping[str, Media], number: int) -> tuple[bytes, set[str]]:
    """The item's XML and the pictures it shows."""
    page = Page({digest: f"../media/{file_name(digest, one)}" for digest, one in media.items()}, media)
    identifier = item.code if _IDENTIFIER.fullmatch(item.code) else f"item-{number}"
    words = " ".join(rich.plain(item.stem).split())[:60]
    root = node(
        "qti-assessment-item",
        identifier=identifier,
        title=words or identifier,
        adaptive="false",
        time_dependent="false",
    )
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "zh-CN")
    body = node("qti-item-body")
    rules = _case(item, page, body) if item.kind == "case" else _plain(item, page, body)
    root.extend(page.declarations)
    score = under(root, "qti-outcome-declaration", identifier="SCORE", cardinality="single", base_type="float")
    if not any(KINDS[unit.kind].machine for unit in units(item)):
        score.set("external-scored", "human")
    under(under(score, "qti-default-value"), "qti-value", "0")
    root.append(body)
    if rules is not None:
        root.append(rules)
    _explain(item, page, body)
    shown = set(rich.media_of(etree.tostring(root, encoding="unicode")))
    shown |= {digest for digest, address in page.addresses.items() if _shows(root, address)}
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8"), shown


def _shows(root: etree._Element, address: str) -> bool:
    return any(image.get("src") == address for image in root.iter(f"{{{QTI}}}img"))


def _plain(item: Item, page: Page, body: etree._Element) -> etree._Element | None:
    """An item that is answered once: the rules, by a template where one says it."""
    one = _answered(item, page, body, name="RESPONSE")
    if one.template:
        return node("qti-response-processing", template=f"{TEMPLATES}{one.template}.xml")
    if one.condition is None and one.worth is None:
        return None
    rules = node("qti-response-processing")
    if one.worth is not None:
        under(rules, "qti-set-outcome-value", identifier="SCORE").append(one.worth())
    elif one.condition is not None:
        _earn(rules, one.condition(), Decimal(1))
    return rules


def _case(item: Item, page: Page, body: etree._Element) -> etree._Element | None:
    """Each part in a division of its own; the score is the sum of the parts by their shares."""
    stem(item, page, body)
    rules = node("qti-response-processing")
    for number, part in enumerate(item.parts, start=1):
        division = under(body, "div", class_=OWN_PART)
        one = _answered(part, page, division, name=f"RESPONSE_{number}")
        _explain(part, page, division)
        if one.worth is not None:
            total = under(under(rules, "qti-set-outcome-value", identifier="SCORE"), "qti-sum")
            under(total, "qti-variable", identifier="SCORE")
            share = under(total, "qti-divide")
            product = under(share, "qti-product")
            under(product, "qti-base-value", str(part.share), base_type="float")
            product.append(one.worth())
            under(share, "qti-base-value", str(one.full), base_type="float")
        elif one.condition is not None:
            _earn(rules, one.condition(), Decimal(part.share))
    return rules if len(rules) else None


def _earn(rules: etree._Element, condition: etree._Element, worth: Decimal) -> None:
    """When the condition holds, the score grows."""
    branch = under(under(rules, "qti-response-condition"), "qti-response-if")
    branch.append(condition)
    total = under(under(branch, "qti-set-outcome-value", identifier="SCORE"), "qti-sum")
    under(total, "qti-variable", identifier="SCORE")
    under(total, "qti-base-value", str(worth), base_type="float")


def _answered(item: Item, page: Page, parent: etree._Element, *, name: str) -> Asked:
    """Stem, interactions and what the scorer sees, in the body."""
    stem_element = stem(item, page, parent)
    one = asked(item, page, name=name)
    if item.kind == "fill":
        blanks_in(stem_element, [declared.get("identifier", "") for declared in one.declarations])
    parent.extend(one.elements)
    page.declarations += one.declarations
    if item.reference or item.rubric:
        inner = under(under(parent, "qti-rubric-block", use="scoring", view="scorer"), "qti-content-body")
        if item.reference:
            page.pour(under(inner, "div", class_=OWN_REFERENCE), item.reference)
        lines = under(inner, "ol", class_=OWN_RUBRIC) if item.rubric else None
        for line in item.rubric:
            assert lines is not None
            page.pour(under(lines, "li", data_share=str(line.share)), line.text)
    return one


def _explain(item: Item, page: Page, parent: etree._Element) -> None:
    if item.explanation:
        block = under(parent, "qti-rubric-block", use=OWN_EXPLANATION, view="author scorer tutor")
        page.pour(under(under(block, "qti-content-body"), "div"), item.explanation)


def _resource(item: Item, *, number: int, shown: set[str], media: Mapping[str, Media]) -> etree._Element:
    place = f"items/q{number:05d}.xml"
    resource = etree.Element(
        f"{{{PACKAGE}}}resource", identifier=f"R{number:05d}", type="imsqti_item_xmlv3p0", href=place
    )
    metadata = etree.SubElement(resource, f"{{{PACKAGE}}}metadata")
    metadata.append(metadata_of(item))
    try:
        metadata.append(extension_of(item, stated=_STATED))
    except ValueError as broken:
        raise NotCarried(_("编号、来源或鉴定点里有文件不能写的字符，没有写入文件，请先改正")) from broken
    etree.SubElement(resource, f"{{{PACKAGE}}}file", href=place)
    for digest in sorted(shown):
        etree.SubElement(resource, f"{{{PACKAGE}}}dependency", identifierref=f"M-{digest[:16]}")
    return resource


def _manifest(resources: Sequence[etree._Element], used: set[str], media: Mapping[str, Media], title: str) -> bytes:
    root = etree.Element(f"{{{PACKAGE}}}manifest", nsmap={None: PACKAGE}, identifier="jiangheng-bank")
    metadata = etree.SubElement(root, f"{{{PACKAGE}}}metadata")
    etree.SubElement(metadata, f"{{{PACKAGE}}}schema").text = "QTI Package"
    etree.SubElement(metadata, f"{{{PACKAGE}}}schemaversion").text = "3.0.0"
    organizations = etree.SubElement(root, f"{{{PACKAGE}}}organizations")
    organizations.append(etree.Comment(" ".join(title.replace("-", " ").split())[:120] or "jiangheng"))
    holder = etree.SubElement(root, f"{{{PACKAGE}}}resources")
    holder.extend(resources)
    for digest in sorted(used):
        place = f"media/{file_name(digest, media[digest])}"
        shown = etree.SubElement(
            holder, f"{{{PACKAGE}}}resource", identifier=f"M-{digest[:16]}", type="webcontent", href=place
        )
        etree.SubElement(shown, f"{{{PACKAGE}}}file", href=place)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _losses(item: Item) -> tuple[str, ...]:
    """What another system will not see of an item."""
    lost = []
    if item.point or item.range_code or item.importance != "X" or item.source or item.seconds or item.enemies:
        lost.append(_("鉴定点、重要程度、来源、用时和互斥题写在本系统的扩展里，其他系统看不到"))
    if item.explanation or any(part.explanation for part in item.parts):
        lost.append(_("解析写成给命题人和评分人看的说明，有的系统不显示"))
    kinds = {unit.kind: unit for unit in units(item)}
    if any(unit.kind == "calculation" and unit.answer for unit in units(item)):
        lost.append(_("计算题的最后得数写在本系统的扩展里，其他系统看不到"))
    if any(unit.kind == "numeric" and unit.tolerance for unit in units(item)):
        lost.append(_("误差用 equal 规则表示，标准评分模板没有，其他系统须支持它才能正确判分"))
    if "fill" in kinds and any(len(unit.answer) > 1 for unit in units(item)):
        lost.append(_("多个空的得分用 map_response 相加，其他系统须支持它才能正确判分"))
    if {"short", "essay", "calculation"} & kinds.keys():
        lost.append(_("人工评分题的题型之分（简答、计算、论述）其他系统看不到，一律是长文本作答"))
    if "judgement" in kinds:
        lost.append(_("判断题在其他系统是两个选项的单选题"))
    if item.kind == "case":
        lost.append(_("案例题是一题多问的复合题，其他系统须支持复合题"))
    return tuple(lost)
