"""The gate for packages and XML of other systems: bounded, without detours, without entities (clause K7).

Zip archives and XML come from people we do not know, written by programs they do not know. What passes here is a
mapping of plain relative names to bytes, and trees without a document type. Sizes are measured, never believed.
"""

from __future__ import annotations

import io
import re
import stat
import unicodedata
import zipfile
import zlib
from xml.parsers import expat

from lxml import etree

from jiangheng.apps.itembank.formats.found import NotABank
from jiangheng.kernel.kept import said as _

MOST_BYTES = 60 * 1024 * 1024
MOST_UNPACKED = 160 * 1024 * 1024
MOST_PARTS = 30_000
MOST_RATIO = 200
RATIO_COUNTS_FROM = 1024 * 1024
MOST_NAME = 240
MOST_XML = 40 * 1024 * 1024
MOST_DEPTH = 100
MOST_ELEMENTS = 600_000
MOST_ATTRIBUTES = 64

_DRIVE = re.compile(r"[A-Za-z]:")
_DECLARED = re.compile(rb"^<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"'][^>]{0,200}?>")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
_CODECS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "utf-8", "ascii": "utf-8",
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "cp936": "gb18030",
    "big5": "big5", "iso-8859-1": "iso-8859-1", "latin1": "iso-8859-1", "windows-1252": "windows-1252",
}  # fmt: skip


class NotXml(ValueError):
    """One document is no well-formed XML. The sentence says where it breaks; the reader decides what that costs."""


def _again() -> str:
    return _("请从原系统重新导出题库，不要改动导出的文件，再上传。")


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip archive does."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a package by their name inside it, in the archive's order, or :class:`NotABank`.

    Names are relative, with "/" between folders, and lead nowhere else; no two are the same to any file system.
    """
    if len(data) > MOST_BYTES:
        raise NotABank(
            _("文件有 %(size).1f MB，超过 %(most)d MB 的上限。")
            % {"size": len(data) / 1024 / 1024, "most": MOST_BYTES // 1024 // 1024},
            _("请把题库分成几个包导出，再分别上传。"),
        )
    parts: dict[str, bytes] = {}
    names: set[str] = set()
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS:
                raise NotABank(
                    _("压缩包里有 %(count)d 个文件，超过 %(most)d 个的上限。")
                    % {"count": len(entries), "most": MOST_PARTS},
                    _("请把题库分成几个包导出，再分别上传。"),
                )
            for entry in entries:
                name = _plain_name(entry)
                if entry.is_dir():
                    continue
                if _same_to_a_disk(name) in names:
                    raise NotABank(_("压缩包里有重名的文件“%(name)s”。") % {"name": name}, _again())
                part = _inflated(archive, entry, MOST_UNPACKED - total)
                total += len(part)
                parts[name] = part
                names.add(_same_to_a_disk(name))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as broken:
        raise NotABank(_("压缩包已损坏或没有传完整。"), _again()) from broken
    return parts


def _same_to_a_disk(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _plain_name(entry: zipfile.ZipInfo) -> str:
    """The entry's name, when it is a plain way down into the package and the entry a plain file."""
    name = entry.filename
    steps = name.rstrip("/").split("/")
    odd = (
        entry.orig_filename != name
        or len(name) > MOST_NAME
        or "\\" in name
        or _DRIVE.match(name)
        or any(step in ("", ".", "..") for step in steps)
        or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)
    )
    if odd:
        shown = "".join(letter if letter.isprintable() else "?" for letter in name)[:60]
        raise NotABank(_("压缩包里的文件名“%(name)s”指向包外或不合规，可能是恶意文件。") % {"name": shown}, _again())
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise NotABank(
            _("压缩包里的“%(name)s”是符号链接，不是文件。") % {"name": name},
            _("请去掉链接，把真正的文件放进包里，重新打包上传。"),
        )
    if entry.flag_bits & 0x1:
        raise NotABank(_("压缩包设有密码。"), _("请取消密码，重新导出后上传。"))
    return name


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """One file, read with a bound of our own: the sizes an archive declares are claims."""
    packed = max(entry.compress_size, 1)
    got = bytearray()
    with archive.open(entry) as stream:
        while piece := stream.read(256 * 1024):
            got += piece
            if len(got) > room or (len(got) > RATIO_COUNTS_FROM and len(got) / packed > MOST_RATIO):
                raise NotABank(
                    _("压缩包里的“%(name)s”展开后过大，不是正常的题库。") % {"name": entry.filename},
                    _("请删去过大的图片或附件，或把题库分成几个包，重新导出后上传。"),
                )
    return bytes(got)


def xml(data: bytes) -> etree._Element:
    """The root of one XML document, without comments and processing instructions.

    Raises :class:`NotXml` when it is not well-formed, :class:`NotABank` when it is hostile: a document type (which
    is where entities come from), or more depth, size or elements than a bank has.
    """
    if len(data) > MOST_XML:
        raise NotABank(
            _("XML 文件有 %(size).1f MB，超过 %(most)d MB 的上限。")
            % {"size": len(data) / 1024 / 1024, "most": MOST_XML // 1024 // 1024},
            _("请把题库分成几个文件导出，再分别上传。"),
        )
    # Both parsers read the very same UTF-8, so that they cannot disagree about what they read.
    plain = _decoded(data).encode()
    _examine(plain)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(plain, parser)
    except (etree.XMLSyntaxError, ValueError) as broken:
        raise NotXml(_("XML 无法解析：%(why)s") % {"why": str(broken)[:120]}) from broken
    return root


def _decoded(data: bytes) -> str:
    """The text without its declaration, by its byte order mark or its declared encoding, else UTF-8."""
    declared = _DECLARED.match(data)
    if data.startswith(b"\xef\xbb\xbf"):
        codec = "utf-8-sig"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16"
    elif declared:
        name = declared[1].decode("ascii").lower()
        if name not in _CODECS:
            raise NotXml(_("文件的编码“%(name)s”不受支持，请另存为 UTF-8") % {"name": name})
        codec = _CODECS[name]
    else:
        codec = "utf-8"
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as broken:
        raise NotXml(
            _("第 %(place)d 个字节起不是 %(codec)s 编码的文字，请另存为 UTF-8")
            % {"place": broken.start + 1, "codec": codec}
        ) from broken
    return _DECLARATION.sub("", text, count=1)


def _refuse_doctype(*_declaration: object) -> None:
    raise NotABank(
        _("文件里含有 XML 文档类型声明（DOCTYPE），可以夹带恶意内容，不予接收。"),
        _("请从原系统导出 QTI 2.x/3.0 或 Moodle XML，其中没有 DOCTYPE。"),
    )


def _examine(plain: bytes) -> None:
    """Run through the document once with nothing kept, so that no tree is ever built of a hostile one."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    depth = count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth += 1
        count += 1
        if depth > MOST_DEPTH:
            raise NotABank(_("XML 嵌套超过 %(most)d 层，不是正常的题库。") % {"most": MOST_DEPTH}, _again())
        if count > MOST_ELEMENTS or len(attributes) > MOST_ATTRIBUTES:
            raise NotABank(_("XML 里的元素或属性过多，不是正常的题库。"), _("请把题库分成几个文件导出，再分别上传。"))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(plain, True)
    except (expat.ExpatError, ValueError) as broken:
        raise NotXml(_("XML 无法解析：%(why)s") % {"why": str(broken)[:120]}) from broken
