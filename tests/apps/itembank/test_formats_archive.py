"""The gate for packages and XML: what is hostile or broken is refused with a reason, before anything is built of it."""

from __future__ import annotations

import io
import stat
import time
import warnings
import zipfile
import zlib

import pytest

from jiangheng.apps.itembank.formats import archive
from jiangheng.apps.itembank.formats.archive import NotXml, unpacked, xml
from jiangheng.apps.itembank.formats.found import NotABank
from jiangheng.apps.itembank.formats.pictures import NotAPicture, picture


def packed(*files: tuple[str | zipfile.ZipInfo, bytes], compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compress) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, part in files:
            made.writestr(name, part)
    return data.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(NotABank) as refused:
        unpacked(data)
    (reason,) = refused.value.refusals
    assert reason.mend
    return str(reason.reason)


def test_a_plain_package_is_unpacked_in_its_order() -> None:
    data = packed(("b/二.xml", b"2"), ("folder/", b""), ("a.xml", b"1"))
    assert list(unpacked(data).items()) == [("b/二.xml", b"2"), ("a.xml", b"1")]


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up.xml",
        "a/../../up.xml",
        "C:/x.xml",
        "c:x.xml",
        "a\\b.xml",
        "a//b.xml",
        "./a.xml",
        "a\nb.xml",
        "x" * 300 + ".xml",
    ],
)
def test_a_name_that_leads_out_of_the_package_is_refused(name: str) -> None:
    assert "不合规" in refusal(packed((name, b"x")))


def test_a_name_that_hides_its_end_behind_a_nul_is_refused() -> None:
    data = packed(("a.xmlQ/../x", b"x")).replace(b"a.xmlQ/../x", b"a.xml\x00/../x")
    assert refusal(data)


def test_a_symbolic_link_is_refused() -> None:
    link = zipfile.ZipInfo("link.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "符号链接" in refusal(packed((link, b"/etc/passwd")))


@pytest.mark.parametrize("twin", ["a.xml", "A.XML", "\u0061.xml"])
def test_two_files_a_disk_cannot_tell_apart_are_refused(twin: str) -> None:
    assert "重名" in refusal(packed(("a.xml", b"1"), (twin, b"2")))


def test_an_encrypted_package_is_refused() -> None:
    data = bytearray(packed(("a.xml", b"1")))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    assert "密码" in refusal(bytes(data))


def test_a_bomb_is_refused_while_it_goes_off() -> None:
    data = packed(("a.xml", b"\0" * 30 * 1024 * 1024))
    started = time.perf_counter()
    assert "展开后过大" in refusal(data)
    assert time.perf_counter() - started < 2


def test_many_files_that_are_large_only_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_UNPACKED", 1000)
    assert "展开后过大" in refusal(packed(*((f"{number}.xml", b"x" * 300) for number in range(4))))


def test_too_many_files_and_too_large_packages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(("a.xml", b"1"), ("b.xml", b"2"), ("c.xml", b"3"))
    monkeypatch.setattr(archive, "MOST_PARTS", 2)
    assert "3 个文件" in refusal(data)
    monkeypatch.setattr(archive, "MOST_BYTES", 100)
    assert "上限" in refusal(data)


def test_a_package_that_was_cut_off_is_refused_wherever_it_was_cut() -> None:
    data = packed(("a.xml", b"<a/>" * 50), ("b.xml", b"<b/>" * 50))
    for length in range(4, len(data) - 1, 7):
        assert "损坏" in refusal(data[:length])


def test_a_size_that_lies_does_not_help() -> None:
    data = bytearray(packed(("a.xml", b"x" * 1000), compress=zipfile.ZIP_STORED))
    place = data.index(b"PK\x01\x02")
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    assert refusal(bytes(data))


def test_entities_are_refused_however_they_are_written() -> None:
    bomb = "".join(f'<!ENTITY a{number + 1} "{f"&a{number};" * 10}">' for number in range(9))
    for document in (
        f'<!DOCTYPE a [<!ENTITY a0 "ha">{bomb}]><a>&a9;</a>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
        f'<!DOCTYPE a [<!ENTITY a0 "ha">{bomb}]><a b="&a9;"/>',
        "<!DOCTYPE html><a/>",
    ):
        for encoding in ("utf-8", "utf-16"):
            with pytest.raises(NotABank, match="DOCTYPE"):
                xml(document.encode(encoding))


def test_ten_megabytes_of_nesting_are_refused_at_once() -> None:
    started = time.perf_counter()
    with pytest.raises(NotABank, match="嵌套"):
        xml(b"<a>" * 3_500_000)
    assert time.perf_counter() - started < 2


def test_a_document_of_nothing_but_elements_or_attributes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_ELEMENTS", 100)
    with pytest.raises(NotABank, match="过多"):
        xml(b"<a>" + b"<b/>" * 200 + b"</a>")
    with pytest.raises(NotABank, match="过多"):
        xml(b"<a " + b" ".join(b'a%d=""' % number for number in range(100)) + b"/>")
    monkeypatch.setattr(archive, "MOST_XML", 100)
    with pytest.raises(NotABank, match="上限"):
        xml(b"<a>" + b"x" * 200 + b"</a>")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a>&unknown;</a>",
        b"<a b=1/>",
        b"plain",
        b"\x00\x01",
        b"<a>\x00</a>",
        b"<a>\xff\xfe</a>",
        '<?xml version="1.0" encoding="utf-8"?><a>电</a>'.encode("gbk"),
        b'<?xml version="1.0" encoding="utf-7"?><a>+ADw-</a>',
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
    ],
)
def test_what_is_not_well_formed_is_no_xml(document: bytes) -> None:
    with pytest.raises(NotXml):
        xml(document)


@pytest.mark.parametrize("encoding", ["gb2312", "GBK", "gb18030", "utf-16", "big5", "UTF-8"])
def test_a_document_is_read_in_the_encoding_it_declares(encoding: str) -> None:
    document = f'<?xml version="1.0" encoding="{encoding}"?>\n<!-- 注 --><a b="安">電壓<![CDATA[<x>]]></a>'
    if encoding == "gb2312":
        document = document.replace("電壓", "电压")
    root = xml(document.encode("gb18030" if encoding == "gb2312" else encoding))
    assert (root.get("b"), (root.text or "")[-3:]) == ("安", "<x>")


def test_a_mark_at_the_beginning_is_no_text() -> None:
    assert xml(b"\xef\xbb\xbf<a/>").tag == "a"


@pytest.mark.parametrize(
    "data", [b"", b"GIF8", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ"]
)
def test_what_is_no_raster_picture_is_not_taken(data: bytes) -> None:
    with pytest.raises(NotAPicture, match="PNG"):
        picture(data, name="a.png")


def test_a_picture_of_a_thousand_million_pixels_is_not_taken() -> None:
    data = b"\x89PNG\r\n\x1a\n"
    header = (32768).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    for name, content in ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")):
        data += len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")
    with pytest.raises(NotAPicture, match="像素"):
        picture(data, name="big.png")
