"""The certificate as a file: what stands on its face, and the PDF of it (clauses W5, W10; face content: domain 7)."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import segno

from jiangheng.kernel.typeset import Typesetter

TEMPLATE = Path(__file__).parent / "documents" / "certificate.typ"

LABELS = {
    "name": "姓名",
    "document_kind": "证件类型",
    "document_number": "证件号码",
    "occupation": "职业名称",
    "direction": "工种/职业方向",
    "level": "职业技能等级",
    "number": "证书编号",
    "mode": "认定方式",
    "institution": "评价机构",
    "seal_line": "印章下排文字",
    "check_url": "查验网址",
    "check_site": "查验网址",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFace:
    """Everything a certificate says. Texts stand as they are to be read.

    ``document_number`` is masked by whoever gives it; ``level`` is in the rule's words (三级/高级工); ``photo`` is a
    JPEG or PNG of 35 by 45; ``check_url`` is what the code opens, ``check_site`` the address a person can type;
    ``mode`` is the way of recognition (直接认定), empty for an examination, which goes without saying.
    """

    name: str
    document_kind: str
    document_number: str
    occupation: str
    direction: str
    level: str
    number: str
    institution: str
    issued: date
    photo: bytes
    check_url: str
    check_site: str
    mode: str = ""
    seal_line: str = "证书专用章"
    demo: bool = False


def qr_svg(text: str) -> bytes:
    """A QR code as vector drawing; level M bears a fold or a stamp across it."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, omitsize=True)
    return drawn.getvalue()


def certificate_pdf(setter: Typesetter, face: CertificateFace) -> bytes:
    """The certificate, one A4 page; equal faces give equal bytes. Raises ``CannotPrint`` and ``BadPicture``."""
    data = {
        "name": face.name,
        "document_kind": face.document_kind,
        "document_number": face.document_number,
        "occupation": face.occupation,
        "direction": face.direction or "—",
        "level": face.level,
        "number": face.number,
        "mode": face.mode,
        "institution": face.institution,
        "issued": f"{face.issued.year}年{face.issued.month}月{face.issued.day}日",
        "check_url": face.check_url,
        "check_site": face.check_site,
        "seal_line": face.seal_line,
        "demo": face.demo,
    }
    images = {"photo": face.photo, "check": qr_svg(face.check_url)}
    return setter.typeset(TEMPLATE, data=data, images=images, dated=face.issued, labels=LABELS)
