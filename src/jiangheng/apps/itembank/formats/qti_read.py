"""QTI 2.0 to 3.0 in: content packages and single item files (clause K7).

The manifest says which files are items; without one, every item file of the package is read. One broken file is said
at its place, and the others are read.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from jiangheng.apps.itembank.formats.archive import NotXml, is_zip, unpacked, xml
from jiangheng.apps.itembank.formats.extension import Own
from jiangheng.apps.itembank.formats.found import Found, Media, NotABank, Read, without_namesakes
from jiangheng.apps.itembank.formats.qti_item import item_of
from jiangheng.apps.itembank.formats.qti_metadata import own_of
from jiangheng.apps.itembank.formats.qti_names import child, normalise, plain_name
from jiangheng.apps.itembank.formats.qti_score import Patience
from jiangheng.kernel.kept import said as _

MOST_ITEMS = 5_000
MOST_ITEM_BYTES = 512 * 1024
MOST_XML = 64 * 1024 * 1024
_MANIFEST = "imsmanifest.xml"


@dataclass(frozen=True)
class _Listed:
    """An item file the manifest names."""

    path: str
    own: Own


def read(data: bytes, *, name: str = "") -> Read:
    """A QTI package or item file. Raises :class:`NotABank` when it is neither, hostile or broken."""
    if is_zip(data):
        return _package(unpacked(data))
    try:
        root = xml(data)
    except NotXml as broken:
        raise NotABank(str(broken), _export()) from broken
    tag = plain_name(str(root.tag))
    if tag != "assessment-item":
        raise NotABank(_wrong_root(tag), _export())
    patience = Patience()
    version = _version(root)
    found, media = item_of(root, place=name or "item.xml", original=data, fetch=lambda path: None, patience=patience)
    return Read((found,), media, version)


def _export() -> str:
    return _("请从原系统导出 QTI 2.1、2.2 或 3.0 的题目包（.zip）或单题文件（.xml），再上传。")


def _wrong_root(tag: str) -> str:
    known = {
        "questestinterop": _("这是 QTI 1.x 的文件，本系统读 2.0–3.0。"),
        "quiz": _("这是 Moodle XML 文件，不是 QTI。"),
        "assessment-test": _("这是一份试卷（assessmentTest），不含题目本身。"),
        "manifest": _("这是包的清单，题目在包里的其他文件中。"),
    }
    return known.get(tag, _("这个 XML 不是 QTI 题目，根元素是“%(tag)s”。") % {"tag": tag[:40]})


def _version(root: etree._Element) -> str:
    namespace = etree.QName(root).namespace or ""
    for mark, name in (("v3p0", "QTI 3.0"), ("v2p2", "QTI 2.2"), ("v2p1", "QTI 2.1"), ("v2p0", "QTI 2.0")):
        if mark in namespace:
            return name
    return "QTI"


def _package(parts: Mapping[str, bytes]) -> Read:
    listed = _listed(parts)
    if len(listed) > MOST_ITEMS:
        raise NotABank(
            _("包里有 %(count)d 道题，超过一次 %(most)d 道的上限。") % {"count": len(listed), "most": MOST_ITEMS},
            _("请把题库分成几个包导出，再分别上传。"),
        )
    if sum(len(parts.get(one.path, b"")) for one in listed) > MOST_XML:
        raise NotABank(
            _("包里的题目文件合计超过 %(most)d MB。") % {"most": MOST_XML // 1024 // 1024},
            _("请把题库分成几个包导出，再分别上传。"),
        )
    patience = Patience()
    found: list[Found] = []
    media: dict[str, Media] = {}
    versions: dict[str, None] = {}
    for one in listed:
        data = parts.get(one.path)
        if data is None:
            found.append(Found(one.path, None, (_("清单列出的文件不在包里，请重新导出"),)))
            continue
        if len(data) > MOST_ITEM_BYTES:
            found.append(Found(one.path, None, (_("题目文件过大，不是正常的一道题"),)))
            continue
        try:
            root = xml(data)
        except NotXml as broken:
            found.append(Found(one.path, None, (str(broken),), original=data))
            continue
        versions.setdefault(_version(root))
        item, shown = item_of(root, place=one.path, original=data, fetch=parts.get, patience=patience, own=one.own)
        found.append(item)
        media.update(shown)
    if not found:
        raise NotABank(_("包里没有 QTI 题目。"), _export())
    return Read(tuple(without_namesakes(found)), media, "、".join(versions) or "QTI")


def _listed(parts: Mapping[str, bytes]) -> list[_Listed]:
    """The item files, by the manifest or, where it names none, by their root element."""
    manifests = sorted(
        (path for path in parts if posixpath.basename(path) == _MANIFEST), key=lambda path: path.count("/")
    )
    if manifests:
        try:
            root = xml(parts[manifests[0]])
        except NotXml as broken:
            raise NotABank(_("清单 imsmanifest.xml 损坏：%(why)s。") % {"why": broken}, _export()) from broken
        if listed := _by_manifest(normalise(root), posixpath.dirname(manifests[0]), parts):
            return listed
    return [_Listed(path, Own()) for path in sorted(parts) if _looks_like_an_item(path, parts[path])]


def _by_manifest(root: etree._Element, folder: str, parts: Mapping[str, bytes]) -> list[_Listed]:
    listed: dict[str, _Listed] = {}
    for resource in root.iter("resource"):
        if "item" not in resource.get("type", ""):
            continue
        first = child(resource, "file")
        address = resource.get("href") or ("" if first is None else first.get("href", ""))
        path = posixpath.normpath(posixpath.join(folder, unquote(address)))
        if path not in parts and posixpath.normpath(posixpath.join(folder, address)) in parts:
            path = posixpath.normpath(posixpath.join(folder, address))
        if address:
            listed.setdefault(path, _Listed(path, own_of(child(resource, "metadata"))))
    return list(listed.values())


def _looks_like_an_item(path: str, data: bytes) -> bool:
    if not path.lower().endswith(".xml") or posixpath.basename(path) == _MANIFEST:
        return False
    if len(data) > MOST_ITEM_BYTES:
        return b"item" in data[:2000].lower()
    try:
        return plain_name(str(xml(data).tag)) == "assessment-item"
    except NotXml:
        # A broken file may be a broken item: it is said at its place rather than passed over.
        return b"item" in data[:2000].lower()
