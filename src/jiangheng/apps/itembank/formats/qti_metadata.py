"""What a QTI package says about an item beside the item: learning object metadata, and our extension (clause K7)."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from jiangheng.apps.itembank.formats.extension import Own, own_in
from jiangheng.apps.itembank.formats.qti_names import child, children, text_of
from jiangheng.core.exam.items import Item

LOM = "http://ltsc.ieee.org/xsd/LOM"
DIFFICULTIES = {1: "very easy", 2: "easy", 3: "medium", 4: "difficult", 5: "very difficult"}


def own_of(metadata: etree._Element | None) -> Own:
    """What a normalised `metadata` element of a resource says."""
    if metadata is None:
        return Own()
    ours = child(metadata, "bank-item")
    own = Own() if ours is None else own_in(ours)
    return replace(own, difficulty=_difficulty(metadata), point_name=_taxon(metadata))


def metadata_of(item: Item) -> etree._Element:
    """Learning object metadata with what others can read: the difficulty."""
    lom = etree.Element(f"{{{LOM}}}lom", nsmap={"lom": LOM})
    difficulty = etree.SubElement(etree.SubElement(lom, f"{{{LOM}}}educational"), f"{{{LOM}}}difficulty")
    etree.SubElement(difficulty, f"{{{LOM}}}source").text = "LOMv1.0"
    etree.SubElement(difficulty, f"{{{LOM}}}value").text = DIFFICULTIES.get(item.difficulty, DIFFICULTIES[3])
    return lom


def _difficulty(metadata: etree._Element) -> int:
    """Difficulty as learning object metadata name it, in any of its vocabularies' spellings."""
    for one in metadata.iter("difficulty"):
        word = text_of(child(one, "value") if child(one, "value") is not None else one).lower().replace("_", " ")
        for level, name in DIFFICULTIES.items():
            if word == name or (name == "very easy" and word == "veryeasy") or (level == 5 and word == "verydifficult"):
                return level
    return 0


def _taxon(metadata: etree._Element) -> str:
    """The last entry of the first classification: where the other system files the item."""
    for path in metadata.iter("taxon-path", "taxonpath"):
        entries = [text_of(child(one, "entry")) for one in children(path, "taxon")]
        if entries and entries[-1]:
            return entries[-1][:120]
    return ""
