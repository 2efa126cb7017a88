"""A zip of candidates' photos read as a hostile file, and what a photo's file name says (domain 4.2, clause W10).

Order of failure: size, kind, the claims of the directory (number, encryption, method, sum), then each file by itself.
Everything is bounded before it is unpacked; one photo is in memory at a time. Folders are dropped: no path is followed.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.law.identity import mask_identity, normalise

from .portraits import most_bytes

MOST_BYTES = 64 * 1024 * 1024
MOST_FILES = 300
"""All photos of a pack are taken in one transaction: a few seconds at most, in which others wait to write."""
MOST_ENTRIES = 4 * MOST_FILES
"""Folders and the strays of operating systems come on top of the photos."""
MOST_RATIO = 10
RATIO_COUNTS_FROM = 8 * 1024 * 1024
LONGEST_NAME = 80

_UTF8 = 0x800
_ENCRYPTED = 0x1
_DIRECTORY_LINE = b"PK\x01\x02"
_STRAYS = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![0-9A-Z])([0-9]{17}[0-9X]|[0-9]{14,19})(?![0-9])")
_LONG_DIGITS = re.compile(r"[0-9０-９]{6,}[XxＸｘ]?")
# what people and file managers add to a name: (1), 副本, 照片
_ADDED = re.compile(r"\(\d*\)|\[\d*\]|副本|拷贝|复件|COPY|证件照|寸照|照片|[0-9]+|[\s\-_—–~.,·•()\[\]+]+")


# what zipfile raises over an archive whose parts contradict one another (RuntimeError has NotImplementedError in it)
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, OSError, ValueError)


class NotAnArchive(Refused):
    """The whole file is refused before a photo is read; the refusal says why and how to pack it."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__([Refusal(reason, "W10", mend, "file")])


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One file of the archive by its place from 1. ``data`` is bounded and unchecked; with a problem there is none."""

    place: int
    name: str
    data: bytes = b""
    problem: str = ""
    mend: str = ""


def photo_files(data: bytes) -> Iterator[PhotoFile]:
    """Every file of the archive in its order, folders and strays left out. Raises :class:`NotAnArchive`."""
    archive, entries = _opened(data)
    with archive:
        for place, (name, entry) in enumerate(entries, start=1):
            yield _read(archive, entry, place, name)


def _opened(data: bytes) -> tuple[zipfile.ZipFile, list[tuple[str, zipfile.ZipInfo]]]:
    if len(data) > MOST_BYTES:
        raise NotAnArchive(
            _("压缩包有 %(size).0f MB，超过 %(most)d MB 的上限。")
            % {"size": len(data) / 1024 / 1024, "most": MOST_BYTES // 1024 // 1024},
            _("请先把每张照片压缩到规定大小，或分成几个压缩包上传。"),
        )
    if not data.startswith(b"PK"):
        raise NotAnArchive(_("这不是 ZIP 压缩包。"), _("RAR、7z 请解压后重新压缩为 .zip 再上传。"))
    # the directory is read whole when the archive is opened: its lines are counted before that
    if data.count(_DIRECTORY_LINE) > MOST_ENTRIES:
        raise _too_many()
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as broken:
        raise NotAnArchive(_("压缩包已损坏或没有传完整。"), _("请重新压缩后上传。")) from broken
    entries = [(_name_of(entry), entry) for entry in archive.infolist() if not entry.is_dir()]
    entries = [(name, entry) for name, entry in entries if not _STRAYS.search(name)]
    _refuse_claims([entry for _name, entry in entries], size=len(data))
    return archive, [(_base(name), entry) for name, entry in entries]


def _refuse_claims(entries: list[zipfile.ZipInfo], *, size: int) -> None:
    if not entries:
        raise NotAnArchive(_("压缩包里没有文件。"), _("请把照片放进压缩包后上传。"))
    if len(entries) > MOST_FILES:
        raise _too_many()
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise NotAnArchive(_("压缩包设有密码。"), _("请重新压缩，不要设密码。"))
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise NotAnArchive(_("压缩包用了特殊的压缩方法。"), _("请用系统自带的“压缩为 ZIP 文件”重新压缩后上传。"))
    # a photo is compressed already: an archive that claims to unfold to much more than itself is none of photos
    claimed = sum(entry.file_size for entry in entries if entry.file_size <= most_bytes())
    if claimed > MOST_BYTES * 5 // 4 or claimed > max(RATIO_COUNTS_FROM, MOST_RATIO * size):
        raise NotAnArchive(_("压缩包解开后过大，不是正常的照片包。"), _("请只放考生照片，重新压缩后上传。"))


def _too_many() -> NotAnArchive:
    return NotAnArchive(
        _("压缩包里的文件超过 %(most)d 个。") % {"most": MOST_FILES}, _("请分成几个压缩包上传，每人一张照片。")
    )


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The name with folders. Windows packs names in GBK without saying so; others in UTF-8 without saying so."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                found = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            # some short GBK names are valid UTF-8 by accident, but then of letters no candidate's name has
            if encoding == "utf-8" and any("\x7f" < sign < "\u2e80" and sign not in "·—–’" for sign in found):
                continue
            name = found
            break
    return name.replace("\\", "/")


def _base(name: str) -> str:
    plain = "".join(sign if sign.isprintable() else "�" for sign in name.rpartition("/")[2])
    return plain or "?"


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, place: int, name: str) -> PhotoFile:
    if stat.S_ISLNK(entry.external_attr >> 16):
        return PhotoFile(place, name, problem=_("这是快捷方式（链接），不是照片"), mend=_("请放入照片文件本身"))
    if not name.lower().endswith((".jpg", ".jpeg")):
        return PhotoFile(place, name, problem=_("不是 JPG 文件"), mend=_("请删去，或把照片另存为 JPG"))
    try:
        # one byte more than allowed is enough to see that it is too large
        with archive.open(entry) as file:
            return PhotoFile(place, name, file.read(most_bytes() + 1))
    except _BROKEN:
        return PhotoFile(place, name, problem=_("文件在压缩包里已损坏"), mend=_("请重新压缩后上传"))


@dataclass(frozen=True, slots=True)
class Told:
    """What a file name says: a document number (or what looks like one) and a name; each may be empty."""

    number: str
    name: str


def told_by(file_name: str) -> Told:
    """Both orders and every separator: 姓名-证件号码, 证件号码-姓名, 证件号码, 姓名_身份证号."""
    # a space parts two numbers; the normal form would join them
    stem = normalise("-".join(file_name.rpartition(".")[0].split()))
    found = _NUMBER.search(stem)
    number = found.group(1) if found else ""
    rest = stem.replace(number, " ", 1) if number else stem
    return Told(number, _ADDED.sub("", rest))


def same_name(told: str, name: str) -> bool:
    """Is it the same name, whatever dots and spaces stand in it?"""
    plain = unicodedata.normalize("NFKC", name).upper()
    return told == _ADDED.sub("", plain)


def masked_file_name(name: str) -> str:
    """The name as it may be shown: of a number its last four digits only, and no longer than a line."""
    shown = _LONG_DIGITS.sub(lambda run: mask_identity(run.group()), name)
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1]}…"
