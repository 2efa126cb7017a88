"""Admission tickets (准考证) as PDF: one page each, for one candidate or a whole batch (clauses K10, K13)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import segno

from jiangheng.core.law.calendar import CHINA
from jiangheng.core.law.parameters import parameter
from jiangheng.kernel.typeset import Typesetter

TEMPLATE = Path(__file__).parents[1] / "documents" / "ticket.typ"

LABELS = {
    "number": "准考证号",
    "name": "姓名",
    "document_number": "证件号码",
    "occupation": "职业",
    "direction": "工种/方向",
    "level": "申报等级",
    "employer": "工作单位",
    "institution": "评价机构",
    "batch": "批次名称",
    "place": "地点",
    "address": "地址",
    "part": "科目",
    "contact": "联系方式",
}

_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One part of the examination for one candidate. ``place`` is room and seat, ``address`` the way to it."""

    part: str
    starts: datetime
    ends: datetime
    place: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One candidate's page. ``document_number`` comes masked; ``photo`` is a JPEG or PNG of 35 x 45."""

    number: str
    name: str
    document_number: str
    occupation: str
    direction: str
    level: str
    employer: str
    photo: bytes
    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketHead:
    """What all tickets of a batch share. ``issued`` dates the document: the day the seating was fixed."""

    institution: str
    batch: str
    contact: str
    issued: datetime
    demo: bool = False


def day_and_hours(starts: datetime, ends: datetime) -> tuple[str, str]:
    """``2026年11月23日（周一）`` and ``14:30–16:00`` in China's time; an end on another day carries its own date."""
    first, last = starts.astimezone(CHINA), ends.astimezone(CHINA)
    end = f"{last:%H:%M}" if last.date() == first.date() else f"{last.month}月{last.day}日 {last:%H:%M}"
    return f"{first.year}年{first.month}月{first.day}日（周{_WEEKDAYS[first.weekday()]}）", f"{first:%H:%M}–{end}"


def rules() -> list[str]:
    """The rules for candidates, with the times in force."""
    early, late = parameter("candidate.enter_before"), parameter("candidate.late_limit")
    return [
        "凭准考证和有效身份证件原件入场，两者缺一不可；身份证件遗失的，请携带公安机关出具的有效身份证明。",
        f"开考前 {early} 分钟入场，对号入座，把证件放在桌面上备查；开考 {late} 分钟后不得入场。",
        "手机、智能手表、耳机等能通信或存储的物品关机后放到指定位置，不得带到座位；确有医疗需要的设备请提前说明。",
        "机考时核对屏幕上的姓名和准考证号再开始答题。答案随答随存，遇断电、断网或机器故障，请举手，不要自行重启。",
        "技能操作考核按要求穿戴劳动防护用品，遵守安全操作规程；听到停止口令立即停手。",
        "独立作答。抄袭、传递、替考或扰乱秩序的，取消本次成绩，并按规定处理。",
        "考试结束铃响即停止作答，经监考人员同意后离场；试题、草稿纸不得带出考场。",
        "听力、视力、行动不便或哺乳期等需要便利安排的，请在考前拨打准考证上的电话，我们会予以协助。",
        "对成绩有异议的，可在结果公示期内书面提出复核。",
    ]


def ticket_qr(number: str) -> bytes:
    """The ticket number as a QR drawing that the door scans; level Q bears creased paper."""
    drawn = io.BytesIO()
    segno.make(number, error="q", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, omitsize=True)
    return drawn.getvalue()


def _session(session: Session) -> dict[str, str]:
    day, hours = day_and_hours(session.starts, session.ends)
    return {
        "part": session.part,
        "day": day,
        "hours": hours,
        "report": f"请提前 {parameter('candidate.enter_before')} 分钟到场",
        "place": session.place,
        "address": session.address,
    }


def tickets_pdf(setter: Typesetter, tickets: Sequence[Ticket], *, head: TicketHead) -> bytes:
    """One PDF with a page for each ticket, in the order given; ``ValueError`` when there is none."""
    if not tickets:
        raise ValueError("there is no ticket to print")
    images: dict[str, bytes] = {}
    pages = []
    for place, ticket in enumerate(tickets):
        photo, code = f"photo{place}", f"code{place}"
        images[photo], images[code] = ticket.photo, ticket_qr(ticket.number)
        pages.append(
            {
                "number": ticket.number,
                "name": ticket.name,
                "document_number": ticket.document_number,
                "occupation": ticket.occupation,
                "direction": ticket.direction or "—",
                "level": ticket.level,
                "employer": ticket.employer or "—",
                "sessions": [_session(session) for session in ticket.sessions],
                "photo": photo,
                "code": code,
            }
        )
    alone = f"准考证 {tickets[0].number}" if len(tickets) == 1 else f"准考证 {head.batch}（{len(tickets)} 人）"
    data = {
        "title": alone,
        "institution": head.institution,
        "batch": head.batch,
        "contact": head.contact,
        "demo": head.demo,
        "rules": rules(),
        "tickets": pages,
    }
    day = head.issued.astimezone(CHINA).date()
    return setter.typeset(TEMPLATE, data=data, images=images, dated=day, labels=LABELS)
