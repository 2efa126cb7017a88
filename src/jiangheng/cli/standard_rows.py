"""Standards in the database for the command ``standard``: read what is enacted, draft as a person (clause K3).

A draft goes through the step `standard.draft` like one from a page: roles, form and trail are the same.
"""

from __future__ import annotations

import getpass
import sys

from jiangheng.apps.offices import queries as offices
from jiangheng.apps.standards import queries as standards
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.law.codes import GUILIN
from jiangheng.core.steps import step_of
from jiangheng.kernel.perform import create, model_of

from . import say


def enacted_text(wanted: str) -> str:
    """The text in force of CODE, or of CODE@EDITION if that is in force; ValueError names what is in force."""
    rows = [row for row in standards.enacted() if wanted in (row.occupation, f"{row.occupation}@{row.edition}")]
    if len(rows) != 1:
        known = "、".join(f"{row.occupation}@{row.edition}" for row in rows or standards.enacted())
        raise ValueError(f"{wanted} {'有多个现行标准' if rows else '没有现行标准'};现行的有:{known or '无'}")
    return str(rows[0].text)


def draft(text: str, *, username: str, password_stdin: bool) -> int:
    """Draft a standard as the account of that name, after its password; 0 when drafted, 1 when refused."""
    account = model_of("account").everywhere.filter(username=username).first()
    password = sys.stdin.readline().rstrip("\n") if password_stdin else getpass.getpass("password: ")
    # The same words for a wrong name and a wrong password, as at the door of the pages.
    if account is None or not account.is_active or not account.check_password(password):
        say("账号或密码不对,或账号已停用;请检查后重试")
        return 1
    city = model_of("region").everywhere.get(code=GUILIN)
    try:
        row = create(step_of("standard.draft"), under=city, actor=offices.actor_of(account), given={"text": text})
    except Refused as no:
        for refusal in no.refusals:
            say(f"{refusal.reason} {refusal.mend}".strip())
        return 1
    except (OutOfReach, WrongRole):
        say("该账号没有起草标准的职责;请换用技能鉴定指导中心人员的账号")
        return 1
    say(f"已起草:{row}")
    return 0
