"""The sealed package with which a place without a good line holds its examination (clause K13).

It has everything the place's own hall needs: papers as candidates may see them, who sits where, the rules of the room,
and the secret of that hall alone. The file is one line that names the format, one line of header in the clear, and
noise. The header says what the file is for and carries the office's signature over the digest of the noise, so the
place knows beforehand that it has the right file and that it is whole; the key comes at the hour, by telephone.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jiangheng.core.exam.spoken_key import BadKey, SpokenKey, understood
from jiangheng.core.exam.ticket import Digest, Natural

FORMAT = "jiangheng/site-package/1"
_LONGEST_HEADER = 1 << 20
_PIN_COST = {"n": 1 << 14, "r": 8, "p": 1}


class BadPackage(ValueError):
    """The file is not good: ``code`` is ``not_a_package``, ``other_format``, ``damaged`` or ``not_of_office``; the
    message is for the person at the machine."""

    def __init__(self, code: str, reason: str) -> None:
        self.code = code
        super().__init__(reason)


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Invigilator(_Strict, frozen=True):
    """Who may act on the page of the room; the hash is scrypt over his PIN with the salt, both hex."""

    name: str
    salt: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
    hash: Digest


class Person(_Strict, frozen=True):
    """A candidate: ticket and identity number as the hall's roster wants them, and what his check-in gives. ``ticket``
    is the pass of his sitting, signed with the place's secret; ``photo`` a data address or empty."""

    sitting: Natural
    number: str
    identity: str
    name: str
    seat: str
    title: str
    ticket: str
    photo: str = ""


class Session(_Strict, frozen=True):
    """One session in one room. ``starts_at`` is UTC milliseconds; ``seats`` how many the room has."""

    session: Natural
    title: str
    room: str
    seats: int
    starts_at: Natural
    minutes: int
    invigilators: tuple[Invigilator, ...]
    people: tuple[Person, ...]


class Package(_Strict, frozen=True):
    """What the place gets. ``place`` is its scope, ``secret`` (hex) the key of its hall, ``papers`` are faces as the
    hall publishes them, ``made_at`` UTC milliseconds."""

    place: str
    place_name: str
    made_at: Natural
    rules: tuple[str, ...]
    papers: tuple[dict[str, Any], ...]
    sessions: tuple[Session, ...]
    secret: Digest

    @property
    def people(self) -> dict[int, Person]:
        """Who is in it, by sitting."""
        return {person.sitting: person for session in self.sessions for person in session.people}


class Outline(_Strict, frozen=True):
    """What may be known of a session beforehand."""

    session: Natural
    title: str
    room: str
    starts_at: Natural
    minutes: int
    people: int


class Header(_Strict, frozen=True):
    """What the file says in the clear. ``mark`` names the key, ``salt`` makes the key of this text alone, ``size`` and
    ``digest`` are those of the sealed bytes, ``office`` is the public key that signed all the rest (hex)."""

    place: str
    place_name: str
    made_at: Natural
    sessions: tuple[Outline, ...]
    mark: str
    salt: Digest
    size: Natural
    digest: Digest
    office: Digest = "0" * 64
    signature: str = ""


def site_secret(master: bytes, *, place: str, sessions: Sequence[int]) -> bytes:
    """The secret of a place's hall for these sessions: who has it can neither make nor read anything of another."""
    named = ",".join(map(str, sorted(sessions)))
    return hmac.digest(master, f"jiangheng/site secret/1\n{place}\n{named}".encode(), "sha256")


def invigilator(name: str, pin: str, salt: bytes) -> Invigilator:
    """Somebody who may act in the room with that PIN; ``salt`` is 16 random bytes."""
    return Invigilator(name=name, salt=salt.hex(), hash=_pin_hash(pin, salt))


def is_pin(person: Invigilator, pin: str) -> bool:
    """Is this the PIN of that invigilator?"""
    return hmac.compare_digest(person.hash, _pin_hash(pin, bytes.fromhex(person.salt)))


def seal(package: Package, key: str, office: Ed25519PrivateKey) -> bytes:
    """The package's file under an opening key, signed by the office. The same package and key give the same file."""
    said, plain = understood(key), msgspec.json.encode(package)
    outlines = tuple(
        Outline(
            session=each.session, title=each.title, room=each.room, starts_at=each.starts_at, minutes=each.minutes,
            people=len(each.people),
        )
        for each in package.sessions
    )  # fmt: skip
    header = Header(
        place=package.place, place_name=package.place_name, made_at=package.made_at, sessions=outlines, mark=said.mark,
        salt=hashlib.sha256(plain).hexdigest(), size=0, digest="0" * 64,
        office=office.public_key().public_bytes_raw().hex(),
    )  # fmt: skip
    sealed = _box(said, header).encrypt(bytes(12), plain, _bound(header))
    header = msgspec.structs.replace(header, size=len(sealed), digest=hashlib.sha256(sealed).hexdigest())
    signed = msgspec.structs.replace(header, signature=office.sign(_statement(header)).hex())
    return FORMAT.encode() + b"\n" + msgspec.json.encode(signed) + b"\n" + sealed


def header_of(content: bytes, *, trusted: Sequence[str] = ()) -> Header:
    """What a file says of itself, when the file is whole and the office signed it.

    ``trusted`` are the office's public keys (hex); without any the signature shows no more than that the file is whole.
    :class:`BadPackage` says what is wrong.
    """
    header, sealed = _split(content)
    if len(sealed) != header.size or hashlib.sha256(sealed).hexdigest() != header.digest:
        raise BadPackage(
            "damaged", f"试卷包不完整或已损坏：应有 {header.size} 字节密文，收到 {len(sealed)} 字节。请重新下载或拷贝。"
        )
    if trusted and header.office not in trusted:
        raise BadPackage("not_of_office", f"试卷包由密钥 {header.office[:16]}… 签发，不在所给的主管部门公钥中。")
    return header


def open_(content: bytes, key: str, *, trusted: Sequence[str] = ()) -> Package:
    """The package in a file. :class:`BadPackage` when the file is not good, :class:`BadKey` when the key is not.

    Every well-formed key costs the same work, whether it is wrong or belongs to another package.
    """
    header, said = header_of(content, trusted=trusted), understood(key)
    _, sealed = _split(content)
    try:
        plain = _box(said, header).decrypt(bytes(12), sealed, _bound(header))
    except InvalidTag:
        plain = b""
    if not hmac.compare_digest(said.mark, header.mark):
        raise BadKey("other_package", f"这是另一个试卷包的启封码：开头应为 {header.mark}。请告诉主管部门本包的场次。")
    if not plain:
        raise BadKey("wrong_key", "启封码不能打开这个试卷包。请与主管部门从头核对一遍。")
    return msgspec.json.decode(plain, type=Package)


def _split(content: bytes) -> tuple[Header, bytes]:
    name, _, rest = content[: len(FORMAT) + 64].partition(b"\n")
    if not name.startswith(b"jiangheng/site-package/"):
        raise BadPackage("not_a_package", "这不是试卷包文件。请向主管部门索取扩展名为 .jhsite 的文件。")
    if name.decode("ascii", "replace") != FORMAT:
        raise BadPackage("other_format", f"试卷包的格式是“{name.decode('ascii', 'replace')}”，本程序只认识“{FORMAT}”。")
    end = content.find(b"\n", len(name) + 1, len(name) + 1 + _LONGEST_HEADER)
    try:
        header = msgspec.json.decode(content[len(name) + 1 : end], type=Header) if end > 0 and rest else None
    except msgspec.DecodeError:
        header = None
    if header is None or not _is_signed(header):
        raise BadPackage("damaged", "试卷包的说明部分已损坏或被改动。请重新下载或拷贝。")
    return header, content[end + 1 :]


def _is_signed(header: Header) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(header.office))
        public.verify(bytes.fromhex(header.signature), _statement(header))
    except (InvalidSignature, ValueError):
        return False
    return True


def _statement(header: Header) -> bytes:
    return FORMAT.encode() + b"\n" + msgspec.json.encode(msgspec.structs.replace(header, signature=""))


def _bound(header: Header) -> bytes:
    # What cannot be known before sealing is left out; the rest of the header is part of what is sealed.
    return _statement(msgspec.structs.replace(header, size=0, digest="0" * 64))


def _box(said: SpokenKey, header: Header) -> AESGCM:
    # A salt made from the text lets one key never seal two texts, so the nonce may stay the same.
    return AESGCM(hmac.digest(said.secret, f"{FORMAT}\n{header.salt}".encode(), "sha256"))


def _pin_hash(pin: str, salt: bytes) -> str:
    return hashlib.scrypt(pin.encode(), salt=salt, **_PIN_COST, dklen=32).hex()
