"""Dates, deadlines and steps in the words of an office, in the reader's language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from jiangheng.core.law.calendar import workdays_between
from jiangheng.core.steps import FLOWS, Step
from jiangheng.kernel import clock

WEEKDAYS = "一二三四五六日"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _english() -> bool:
    return (get_language() or "").startswith("en")


def day(value: dt.date) -> str:
    """2026年11月23日 （周一）; in English Mon 23 Nov 2026."""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if _english():
        return f"{DAYS[value.weekday()]} {value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日 （周{WEEKDAYS[value.weekday()]}）"


def plain_day(value: dt.date) -> str:
    """2026年11月23日, in English 23 Nov 2026: a day years away, of which nobody asks the weekday."""
    if _english():
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: dt.datetime) -> str:
    """2026年11月23日 （周一） 14:30, in the city's time."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)}{',' if _english() else ''} {local:%H:%M}"


@dataclass(frozen=True)
class TimeLeft:
    """How long until a deadline: words, the exact moment for the title, and ``late``, ``soon`` or nothing."""

    text: str
    title: str
    tone: str


def time_left(due_at: dt.datetime) -> TimeLeft:
    """Working days until (or since) a deadline."""
    now = clock.now()
    today, last = timezone.localtime(now).date(), timezone.localtime(due_at).date()
    days = workdays_between(today, last)
    if now > due_at:
        text = ngettext("已超期 {n} 个工作日", "已超期 {n} 个工作日", -days).format(n=-days) if days else _("已超期")
        return TimeLeft(text, moment(due_at), "late")
    if days <= 0:
        return TimeLeft(_("今天到期"), moment(due_at), "soon")
    text = ngettext("还有 {n} 个工作日", "还有 {n} 个工作日", days).format(n=days)
    return TimeLeft(text, moment(due_at), "soon" if days <= 1 else "")


def done(step: Step) -> str:
    """What was done, after the name of who did it: the step's own words, or its label."""
    if step.done:
        return str(step.done)
    return _("办理了“{step}”（{flow}）").format(step=step.label, flow=FLOWS[step.flow].label)
