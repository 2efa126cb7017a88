"""What an invigilator reads and presses where there is no office: pages without scripts, from 375 px up (K13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from jiangheng.core.exam.site_package import Header, Person, Session

from .entries import SILENT_MS, Standing

POLICY = b"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
ACTS = {
    "tell": "发送通知", "pause": "暂停", "resume": "恢复作答", "extend": "延长时间", "free": "准许换机",
    "collect": "收卷", "void": "作废",
}  # fmt: skip
"""What can be done to a sitting, in the order of the page."""

STAGES = {
    "": "未到", "waiting": "候考", "open": "作答中", "paused": "已暂停", "locked": "已锁定", "break": "休息中",
    "handed": "已交卷", "voided": "已作废",
}  # fmt: skip
_EVERY_SECONDS = 5
_ZONE = dt.timezone(dt.timedelta(hours=8))
_REASONS = {"pause", "resume", "extend", "free", "collect", "void"}

STYLE = """
:root { color-scheme: light dark; --line: #8a8f98; --warn: #b3261e; --soft: #5b616b; }
@media (prefers-color-scheme: dark) { :root { --warn: #ff8a80; --soft: #b6bcc6; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.25rem; margin: 0 0 .5rem; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
ul { list-style: none; margin: 0; padding: 0; } p { margin: .25rem 0 .75rem; }
.seats { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); gap: .5rem; }
.seats a { display: block; min-height: 5.5rem; padding: .5rem; border: 1px solid var(--line); border-left-width: 6px;
  border-radius: 4px; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
.seats small, .soft { color: var(--soft); } .seats [data-look] { border-color: var(--warn); }
.warn { color: var(--warn); font-weight: 600; }
form h2 { margin-top: 0; }
form { margin: 0 0 1rem; padding: .75rem; border: 1px solid var(--line); border-radius: 4px; }
label { display: block; } input, select, button { font: inherit; min-height: 2.75rem; padding: .25rem .5rem; }
input:not([type=checkbox]), select { width: 100%; }
[type=checkbox] { min-height: 0; }
button { margin-top: .5rem; min-width: 7rem; } a { display: inline-block; padding: .5rem 0; }
:focus-visible { outline: 3px solid; outline-offset: 2px; }
"""


def waiting(header: Header | None, told: str = "") -> bytes:
    """What a candidate's machine shows before the papers are opened."""
    if header is None:
        return _page("理论知识考试", "<h1>理论知识考试</h1><p role='status'>这台机器上还没有试卷包。</p>", refresh=True)
    lines = "".join(f"<p>{escape(_named(each.title, each.room, each.starts_at))}</p>" for each in header.sessions)
    said = told or "试卷尚未启封。请等待监考人员，本页会自动刷新。"
    return _page("理论知识考试", f"<h1>理论知识考试</h1>{lines}<p role='status'>{escape(said)}</p>", refresh=True)


def key_form(header: Header | None, wrong: str = "") -> bytes:
    """Where the opening key is typed."""
    if header is None:
        return waiting(None)
    about = "".join(
        f"<li>{escape(_named(each.title, each.room, each.starts_at))}，{each.people} 人</li>"
        for each in header.sessions
    )
    code = f"<p>读给主管部门核对：核对码 <b>{header.digest[:16]}</b>，启封码开头 <b>{escape(header.mark)}</b></p>"
    form = (
        "<form method='post' action='/hall/room/key'><label for='code'>启封码（主管部门用电话告知，共 7 组；"
        "对时另加第 8 组，听到“现在”时按下按钮）</label><input id='code' name='code'"
        " autocomplete='off' autocapitalize='characters' required><button>启封</button></form>"
    )
    return _page("启封试卷", f"<h1>启封试卷</h1><ul>{about}</ul>{code}{_alert(wrong)}{form}")


def pin_form(sessions: Iterable[Session], wrong: str = "") -> bytes:
    """Where an invigilator says who he is."""
    names = list(dict.fromkeys(one.name for each in sessions for one in each.invigilators))
    choices = "".join(f"<option>{escape(name)}</option>" for name in names)
    form = (
        "<form method='post' action='/hall/room/in'><label for='name'>监考人员</label>"
        f"<select id='name' name='name'>{choices}</select><label for='pin'>口令</label>"
        "<input id='pin' name='pin' type='password' inputmode='numeric'"
        " autocomplete='off' required><button>进入考场</button></form>"
    )
    return _page("考场", f"<h1>考场</h1>{_alert(wrong)}{form}")


def room(
    sessions: Iterable[Session], standings: Mapping[int, Standing], *, now: int, name: str, notices: Sequence[str]
) -> bytes:
    """Every seat of the room and how it stands; it looks again by itself."""
    parts = [f"<h1>考场</h1><p class='soft'>{escape(name)} · 考场时间 {_clock(now)}</p>"]
    parts += [f"<p class='warn' role='alert'>{escape(notice)}</p>" for notice in notices]
    for each in sessions:
        counted: dict[str, int] = {}
        for person in each.people:
            stage = _stage(standings.get(person.sitting))
            counted[stage] = counted.get(stage, 0) + 1
        summary = "，".join(f"{STAGES[stage]} {count}" for stage, count in counted.items())
        seats = "".join(_seat(person, standings.get(person.sitting), now) for person in each.people)
        parts.append(
            f"<h2>{escape(_named(each.title, each.room, each.starts_at))}</h2><p>{escape(summary)}</p>"
            f"<a href='/hall/room/all?session={each.session}'>对全场操作</a><ul class='seats'>{seats}</ul>"
        )
    return _page("考场", "".join(parts), refresh=True)


def acts(heading: str, target: str, lines: Iterable[str]) -> bytes:
    """What can be done to one seat or to all of a session."""
    forms = "".join(_act_form(act, label, target) for act, label in ACTS.items())
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return _page(heading, f"<h1>{escape(heading)}</h1><a href='/hall/room'>返回考场</a>{told}{forms}")


def seat_lines(person: Person, standing: Standing | None, now: int) -> list[str]:
    """How one seat stands, in words."""
    lines = [f"准考证号 {person.number}，座位 {person.seat}", _state(standing, now)]
    if standing is not None and standing.stage not in ("handed", "voided"):
        lines.append(f"结束时间 {_clock(standing.deadline)}")
    return lines


def _act_form(act: str, label: str, target: str) -> str:
    fields = f"<input type='hidden' name='act' value='{act}'><input type='hidden' name='to' value='{escape(target)}'>"
    if act == "extend":
        fields += "<label for='minutes'>分钟</label>"
        fields += "<input id='minutes' name='minutes' type='number' min='1' max='180' required>"
    text = "事由" if act in _REASONS else "内容"
    fields += f"<label for='{act}-text'>{text}</label><input id='{act}-text' name='text' maxlength='200' required>"
    sure = "<label><input type='checkbox' name='sure' required> 确认作废，不能撤销</label>" if act == "void" else ""
    return f"<form method='post' action='/hall/room/act'><h2>{label}</h2>{fields}{sure}<button>{label}</button></form>"


def _seat(person: Person, standing: Standing | None, now: int) -> str:
    look = " data-look" if _silent(standing, now) or (standing is not None and standing.focus_lost > 0) else ""
    return (
        f"<li><a href='/hall/room/seat?sitting={person.sitting}'{look}><strong>{escape(person.seat)}</strong>"
        f" {escape(person.name)}<br><small>{escape(_state(standing, now))}</small></a></li>"
    )


def _state(standing: Standing | None, now: int) -> str:
    said = STAGES[_stage(standing)]
    if standing is None:
        return said
    said += f"，已答 {standing.answered}/{standing.total}"
    if standing.focus_lost:
        said += f"，离开页面 {standing.focus_lost} 次"
    if _silent(standing, now):
        said += f"，{(now - standing.seen) // 1000} 秒没有消息"
    return said


def _stage(standing: Standing | None) -> str:
    return standing.stage if standing is not None else ""


def _silent(standing: Standing | None, now: int) -> bool:
    return standing is not None and standing.stage in ("open", "break", "locked") and now - standing.seen > SILENT_MS


def _named(title: str, room_: str, starts_at: int) -> str:
    return f"{title}，{room_}，{_at(starts_at):%Y-%m-%d %H:%M} 开考"


def _clock(moment: int) -> str:
    return f"{_at(moment):%H:%M:%S}"


def _at(moment: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment / 1000, _ZONE)


def _alert(text: str) -> str:
    return f"<p class='warn' role='alert'>{escape(text)}</p>" if text else ""


def _page(title: str, body: str, *, refresh: bool = False) -> bytes:
    again = f"<meta http-equiv='refresh' content='{_EVERY_SECONDS}'>" if refresh else ""
    return (
        f"<!doctype html><html lang='zh-CN'><head><meta charset='utf-8'><title>{escape(title)} · 匠衡</title>"
        f"<meta name='viewport' content='width=device-width, initial-scale=1'>{again}"
        f"<link rel='stylesheet' href='/hall/room.css'></head><body><main>{body}</main></body></html>"
    ).encode()
