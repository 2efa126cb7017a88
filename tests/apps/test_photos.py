"""Photos in one zip: previewed file by file, taken or not, and hostile archives refused (clauses K10, W10)."""

from __future__ import annotations

import io
import logging
import stat
import struct
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image
from portal_stage import PHONE, person, photo
from room_stage import RoomStage

from jiangheng.apps.batches.formats.photos import (
    MOST_BYTES,
    MOST_ENTRIES,
    MOST_FILES,
    NotAnArchive,
    masked_file_name,
    photo_files,
    same_name,
    told_by,
)
from jiangheng.core.errors import Refused
from jiangheng.kernel import files, underway
from jiangheng.kernel.models import Entry
from jiangheng.kernel.perform import model_of
from kept import kept

NAMES = ("莫建军", "韦秀兰", "廖小满", "联通")


def picture(width: int = 358, height: int = 460, shade: int = 240) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), (shade, shade, shade)).save(made, "JPEG")
    return made.getvalue()


def packed(contents: dict[str, bytes], *, method: int = zipfile.ZIP_STORED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return made.getvalue()


def renamed(data: bytes, raw: bytes) -> bytes:
    """The archive of one file called with as many ASCII letters, now called by these bytes; bit 11 stays unset."""
    assert data.count(b"x" * len(raw)) == 2
    return data.replace(b"x" * len(raw), raw)


class Photos(RoomStage):
    """A batch with three people who have no photo yet."""

    def __init__(self, play: Any) -> None:
        super().__init__(play)
        self.identities = {name: person(number) for number, name in enumerate(NAMES, start=60)}
        self.rows = {
            name: play(
                "application.enrol", under=self.batch, by=self.registrar, level="5", name=name, identity=number,
                phone=PHONE, education="高中", employer="漓光电气", work_since="2015-01-01",
            )
            for name, number in self.identities.items()
        }  # fmt: skip
        self.client: Client = self.browser("registrar")

    def upload(self, data: bytes) -> Any:
        """Upload by the page; what the answer leads to."""
        sent = {"file": SimpleUploadedFile("照片.zip", data, "application/zip")}
        return self.client.post(f"/d/batch/{self.batch.pk}/new/photopack.upload", sent)

    def pack(self, contents: dict[str, bytes]) -> Any:
        answer = self.upload(packed(contents))
        assert answer.status_code == 302, answer.content.decode()
        return model_of("photopack").everywhere.latest("pk")

    def preview(self, pack: Any) -> str:
        return self.client.get(f"/d/photopack/{pack.pk}/preview").content.decode()

    def take(self, pack: Any, mode: str = "good") -> Any:
        return self.client.post(f"/d/photopack/{pack.pk}/take", {"mode": mode, "version": pack.version})

    def with_photo(self) -> set[str]:
        return set(self.batch.applications.exclude(photo=None).values_list("name", flat=True))

    def named(self, name: str, form: str = "{name}-{number}.jpg") -> str:
        return form.format(name=name, number=self.identities[name])


@pytest.fixture
@kept
def stage(play: Any) -> Photos:
    return Photos(play)


# ---- from the upload to the kept photo ----


def test_photos_named_in_every_usual_way_reach_their_candidates(stage: Photos) -> None:
    pack = stage.pack(
        {
            f"一班/{stage.named('莫建军')}": picture(shade=200),
            stage.named("韦秀兰", "{number}.JPG"): picture(shade=210),
            stage.named("廖小满", "{number}-{name}.jpeg"): picture(shade=220),
            stage.named("联通", "{name}_{number} (1).jpg"): picture(shade=230),
        }
    )
    text = stage.preview(pack)
    assert text.count("可以采用</td>") == 0 and "采用无误的 4 张照片" in text
    assert stage.with_photo() == set()
    answer = stage.take(pack, "all")
    assert answer.status_code == 302
    assert stage.with_photo() == set(NAMES)
    row = stage.batch.applications.get(name="韦秀兰")
    with Image.open(io.BytesIO(files.read(row.photo))) as kept:
        assert kept.getpixel((5, 5))[0] in range(205, 215)  # type: ignore[index]


def test_the_preview_says_of_each_file_whose_it_is_or_what_is_wrong(stage: Photos) -> None:
    play = stage.play
    play("application.photograph", stage.rows["韦秀兰"], by=stage.registrar, files={"photo": photo()})
    play("application.withdraw", stage.rows["廖小满"], by=stage.registrar, opinion="")
    stranger, number = person(77), stage.identities["联通"]
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    pack = stage.pack(
        {
            stage.named("莫建军"): picture(),
            stage.named("韦秀兰"): picture(),
            stage.named("廖小满"): picture(),
            f"覃某-{stranger}.jpg": picture(),
            f"联通-{wrong}.jpg": picture(),
            f"韦小宝-{number}.jpg": picture(),
            "合影.jpg": picture(),
            "名单.xlsx": b"PK",
            f"{number}.jpg": b"not a picture",
            f"联通_{number}.jpg": picture(600, 400),
            "__MACOSX/._合影.jpg": b"stray",
            "Thumbs.db": b"stray",
        }
    )
    assert (pack.files, pack.bad, pack.good) == (10, 8, 2)
    said = {line["place"]: line["problem"] for line in pack.lines}
    assert [said[1], said[2]] == ["", ""]
    for place, words in {
        3: "已撤回", 4: "本批次没有", 5: "校验位不符", 6: "姓名“韦小宝”", 7: "没有证件号码", 8: "不是 JPG 文件",
        9: "不是能打开的 JPG", 10: "宽不少于 300 像素",
    }.items():  # fmt: skip
        assert words in said[place]
    text = stage.preview(pack)
    assert "将替换原有照片" in text and "可以采用" in text and "请按“姓名-证件号码.jpg”改名" in text
    for secret in (*stage.identities.values(), stranger, wrong):
        assert secret not in text
    assert stage.identities["莫建军"][-4:] in text
    assert stage.take(pack, "all").status_code == 422 and stage.with_photo() == {"韦秀兰"}
    assert stage.take(pack).status_code == 302
    assert stage.with_photo() == {"莫建军", "韦秀兰"}


def test_of_two_photos_of_one_candidate_the_second_is_not_taken(stage: Photos) -> None:
    pack = stage.pack({stage.named("莫建军"): picture(shade=100), stage.named("莫建军", "{number}.jpg"): picture()})
    assert [line["problem"] for line in pack.lines] == ["", "与第 1 个文件是同一名考生"]
    stage.take(pack)
    row = stage.batch.applications.get(name="莫建军")
    with Image.open(io.BytesIO(files.read(row.photo))) as kept:
        assert kept.getpixel((5, 5))[0] < 110  # type: ignore[index,operator]


def test_a_photo_refused_alone_is_refused_in_a_pack_with_the_same_sentence(stage: Photos) -> None:
    small = picture(200, 260)
    alone = {"photo": SimpleUploadedFile("a.jpg", small, "image/jpeg")}
    with pytest.raises(Refused) as refused:
        stage.play("application.photograph", stage.rows["莫建军"], by=stage.registrar, files=alone)
    pack = stage.pack({stage.named("莫建军"): small})
    assert pack.lines[0]["problem"] and pack.lines[0]["problem"] in str(refused.value.refusals[0].reason)


def test_all_or_none_writes_nothing_when_a_candidate_left_after_the_preview(stage: Photos) -> None:
    pack = stage.pack({stage.named("莫建军"): picture(), stage.named("韦秀兰"): picture()})
    stage.play("application.withdraw", stage.rows["韦秀兰"], by=stage.registrar, opinion="")
    before = Entry.objects.count()
    answer = stage.take(pack, "all")
    assert answer.status_code == 422 and "一张也没有采用" in answer.content.decode()
    assert stage.with_photo() == set() and Entry.objects.count() == before
    pack.refresh_from_db()
    assert pack.state == "previewed" and pack.taken == 0


def test_no_number_of_a_file_name_reaches_the_trail_or_the_log(stage: Photos, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    pack = stage.pack({stage.named("莫建军"): picture(), stage.named("韦秀兰"): b"broken"})
    stage.take(pack)
    written = " ".join(f"{entry.body!r}{entry.evidence}" for entry in Entry.objects.filter(id__gt=0))
    assert Entry.objects.filter(step="application.photograph").count() == 1
    for number in (stage.identities["莫建军"], stage.identities["韦秀兰"]):
        assert number not in written and number not in caplog.text


def test_only_the_registrar_uploads_sees_and_takes_photos(stage: Photos) -> None:
    pack = stage.pack({stage.named("莫建军"): picture()})
    other = stage.browser("checker")
    assert other.post(f"/d/photopack/{pack.pk}/take", {"mode": "good"}).status_code == 403
    assert other.get(f"/d/photopack/{pack.pk}/preview").status_code == 404
    assert other.get(f"/d/photopack/{pack.pk}/file/file").status_code == 404
    assert Client().get(f"/d/photopack/{pack.pk}/underway").status_code == 302
    answer = other.post(f"/d/batch/{stage.batch.pk}/new/photopack.upload")
    assert answer.status_code == 403


def test_a_discarded_pack_changes_nobody(stage: Photos) -> None:
    pack = stage.pack({stage.named("莫建军"): picture()})
    assert stage.client.post(f"/d/photopack/{pack.pk}/discard").status_code == 302
    assert stage.with_photo() == set() and stage.take(pack).status_code == 422


def test_how_far_the_taking_is_can_be_asked_while_it_lasts(stage: Photos) -> None:
    pack = stage.pack({stage.named("莫建军"): picture()})
    address = f"/d/photopack/{pack.pk}/underway"
    assert stage.client.get(address).json() == {"done": None, "of": None}
    with underway.told(f"photopack-{pack.pk}", of=40) as done:
        done(10)
        assert stage.client.get(address).json() == {"done": 10, "of": 40}
    assert stage.client.get(address).json() == {"done": None, "of": None}


def test_photos_cannot_be_uploaded_before_anybody_is_enrolled(play: Any) -> None:
    empty = RoomStage(play)
    answer = empty.browser("registrar").get(f"/d/batch/{empty.batch.pk}")
    assert "先导入花名册，考生登记后再上传照片" in answer.content.decode()


# ---- hostile archives, by the same page ----


def refused(stage: Photos, data: bytes) -> str:
    answer = stage.upload(data)
    assert answer.status_code == 422
    assert not model_of("photopack").everywhere.exists()
    return str(answer.content.decode())


def test_a_file_that_is_no_zip_is_refused_with_what_to_do(stage: Photos) -> None:
    assert "重新压缩为 .zip" in refused(stage, b"Rar!\x1a\x07\x00 something")
    assert "已损坏" in refused(stage, packed({"a.jpg": picture()})[:-30])
    assert "没有文件" in refused(stage, packed({}))


def test_an_archive_with_a_password_is_refused(stage: Photos) -> None:
    data = bytearray(packed({stage.named("莫建军"): picture()}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "设有密码" in refused(stage, bytes(data))


def test_too_many_files_are_refused_before_the_archive_is_opened(stage: Photos) -> None:
    assert f"超过 {MOST_FILES} 个" in refused(stage, packed({f"{n}.jpg": b"" for n in range(MOST_FILES + 1)}))
    assert f"超过 {MOST_FILES} 个" in refused(stage, b"PK\x03\x04" + b"PK\x01\x02" * (MOST_ENTRIES + 1))


def test_a_bomb_is_refused_by_its_claims_and_bounded_when_it_lies(stage: Photos) -> None:
    zeros = b"\0" * (199 * 1024)
    bomb = packed({f"{n}.jpg": zeros for n in range(MOST_FILES)}, method=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1_000_000 and "过大" in refused(stage, bomb)
    # one file that claims little and holds much: no more than the claim is unpacked, and its check does not hold
    honest = packed({stage.named("莫建军"): b"\0" * 50_000_000}, method=zipfile.ZIP_DEFLATED)
    lying = bytearray(honest)
    lying[22:26] = struct.pack("<I", 1000)
    where = lying.index(b"PK\x01\x02") + 24
    lying[where : where + 4] = struct.pack("<I", 1000)
    found = list(photo_files(bytes(lying)))
    assert "损坏" in found[0].problem and found[0].data == b""
    # a large file is not read to its end
    assert len(next(iter(photo_files(honest))).data) == 200 * 1024 + 1


def test_a_small_file_that_unfolds_to_a_huge_picture_is_refused(stage: Photos) -> None:
    made = io.BytesIO()
    Image.new("L", (4000, 5200)).save(made, "JPEG", quality=5, optimize=True)
    pack = stage.pack({stage.named("莫建军"): made.getvalue()})
    assert len(made.getvalue()) < 200 * 1024 and "像素过大" in pack.lines[0]["problem"]


def test_paths_are_dropped_and_links_are_not_followed(stage: Photos) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"../../../etc/{stage.named('莫建军')}", picture())
        link = zipfile.ZipInfo(stage.named("韦秀兰"))
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert stage.upload(made.getvalue()).status_code == 302
    pack = model_of("photopack").everywhere.get()
    first, second = pack.lines
    assert first["name"] == "莫建军" and not first["problem"] and ".." not in first["file"]
    assert "链接" in second["problem"]


def test_an_archive_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(NotAnArchive, match="上限"):
        next(photo_files(b"PK" + b"\0" * MOST_BYTES))


# ---- names ----


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("name", NAMES)
def test_names_of_windows_and_mac_archives_are_read_though_they_do_not_say_their_encoding(
    encoding: str, name: str
) -> None:
    raw = f"照片/{name}-450302199003070019.jpg".encode(encoding)
    # a zip writes the plain letters without bit 11
    found = list(photo_files(renamed(packed({"x" * len(raw): b"data"}), raw)))
    assert [file.name for file in found] == [f"{name}-450302199003070019.jpg"]


@given(
    name=some.text(alphabet="莫韦秀兰建军小满欧阳联通", min_size=1, max_size=4),
    sequence=some.integers(0, 499),
    form=some.sampled_from(["{a}-{b}", "{b}-{a}", "{a}_{b}", "{a}{b}", "{a} {b}", "1 {b} {a}", "{a}＿{b}", "{b}（2）"]),
)
def test_every_usual_form_of_a_name_is_understood_and_masked(name: str, sequence: int, form: str) -> None:
    number = person(sequence)
    file_name = form.format(a=name, b=number) + ".jpg"
    told = told_by(file_name)
    assert told.number == number
    assert told.name == "" or same_name(told.name, name)
    assert number not in masked_file_name(file_name) and number[6:14] not in masked_file_name(file_name)


@given(some.binary(max_size=400))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_a_refusal(data: bytes) -> None:
    good = packed({"莫建军-450302199003070019.jpg": b"data" * 20})
    for hostile in (b"PK" + data, good[:40] + data + good[40:], good[:-22] + data):
        try:
            list(photo_files(hostile))
        except NotAnArchive:
            continue
