"""题库导入与试题投稿: a file is previewed item by item, then its good items are taken or none (K7, K8)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.exam import item_data
from jiangheng.core.steps import NOTHING, STAY, flow, step_of
from jiangheng.kernel import files, underway
from jiangheng.kernel.forms import Reason
from jiangheng.kernel.perform import create, create_many

from .. import queries
from ..forms.intakes import BankFile, Offer, Received, Taking
from ..models import Bank, Contribution, Item, Picture
from ..rules.banks import bank_is_open
from ..rules.items import something_is_left_out

intake = flow("intake", "itembank.Intake", _("试题导入"), final=("taken", "discarded"))
contribution = flow("contribution", "itembank.Contribution", _("试题投稿"), final=("adopted", "declined", "withdrawn"))

Given = Mapping[str, Any]
HOLDERS = (Role.CENTRE, Role.KEEPER)


@intake.step(
    "upload", _("导入试题文件"), source=NOTHING, target="previewed", who=(Role.WRITER, *HOLDERS), under=("bank",),
    asks=BankFile, requires=(bank_is_open,), records=("format", "rows", "good"), clause="K7",
)  # fmt: skip
def upload(thing: Any, given: Given, actor: Actor) -> None:
    _preview(thing, thing.under, given["file"].read(), given["file"].name, actor, point=given["point"])


@intake.step(
    "receive", _("接收投稿"), source=NOTHING, target="previewed", who=Role.SYSTEM, under=("bank",), asks=Received,
    requires=(bank_is_open,), records=("format", "rows", "good"), clause="K8",
)  # fmt: skip
def receive(thing: Any, given: Given, actor: Actor) -> None:
    offered = Contribution.everywhere.get(pk=given["contribution"])
    _preview(thing, thing.under, queries.file_of(offered), offered.file.name, actor)


def _preview(thing: Any, bank: Bank, data: bytes, name: str, actor: Actor, *, point: str = "") -> None:
    thing.bank, thing.owner = bank, bank.owner
    with underway.told(f"intake-{actor.id.replace(':', '-')}", of=100) as done:
        read = queries.read_file(data, name=name, progress=lambda count, of: done(70 * count // max(of, 1)))
        done(75)
        found = queries.findings(bank, read, point=point)
    good = [row.pop("data") | {"alike": row["alike"]} for row in found if "data" in row]
    thing.format, thing.rows, thing.good, thing.findings = read.format, len(found), len(good), found
    thing.file = _keep(bank, data, name=name)
    thing.parsed = _keep(bank, json.dumps(good, ensure_ascii=False).encode(), name="items.json")
    for digest, media in read.media.items():
        keep_picture(bank, digest, media)


def _keep(bank: Bank, data: bytes, *, name: str) -> Any:
    # sealed under the bank's key first: a file is reached by its place, and a bank is closed to those above it
    return files.keep(bank.seal(data, place="file"), name=name, media_type="application/octet-stream", scope=bank.scope)


def keep_picture(bank: Bank, digest: str, media: Any) -> None:
    """Keep a picture (formats.found.Media) in a bank, once."""
    if not bank.pictures.filter(digest=digest).exists():
        file = _keep(bank, media.data, name=media.name)
        Picture.objects.create(bank=bank, digest=digest, media_type=media.media_type, file=file)


@intake.step(
    "take", _("确认导入"), source="previewed", target="taken", who=(Role.WRITER, *HOLDERS), asks=Taking,
    requires=(bank_is_open,), records=("rows", "taken"), tells=(Role.ITEM_REVIEWER,), clause="K7",
)  # fmt: skip
def take(thing: Any, given: Given, actor: Actor) -> None:
    rows = queries.parsed_of(thing)
    # somebody may have taken the same numbers since the preview
    gone = set(Item.everywhere.filter(bank=thing.bank).values_list("code", flat=True))
    good = [row for row in rows if row["code"] not in gone]
    if not good or (given["mode"] == "all" and len(good) < thing.rows):
        raise Refused([Refusal(
            _t("可导入 {good} 题，共 {rows} 题，一题也没有导入").format(good=len(good), rows=thing.rows), "K7",
            _t("请按每题的提示改正文件后重新上传"),
        )])  # fmt: skip
    for row in good:
        row.pop("alike")
    each = [{"data": row, "proof": queries.proof_of(thing.bank, row)} for row in good]
    with underway.told(f"intake-{thing.pk}", of=len(good)) as done:
        # against the bank as it is now: what came in since the preview may be the same
        likes = queries.alike_in(thing.bank, [item_data.from_data(row) for row in good])
        items = create_many(step_of("item.take_in"), under=thing.bank, actor=actor, each=each, done=done)
    for item in items:
        item.alike = likes.get(item.code, [])
    Item.everywhere.bulk_update([item for item in items if item.alike], ["alike"], batch_size=200)
    Item.everywhere.filter(bank=thing.bank, pk__gte=items[0].pk, pk__lte=items[-1].pk).update(intake=thing)
    thing.taken = len(items)


@intake.step(
    "discard", _("放弃导入"), source="previewed", target="discarded", who=(Role.WRITER, *HOLDERS), primary=False,
    clause="K7",
)  # fmt: skip
def discard(thing: Any, given: Given, actor: Actor) -> None: ...


@contribution.step(
    "offer", _("投稿"), source=NOTHING, target="offered", who=(Role.MANAGER, Role.KEEPER), under=("institution",),
    asks=Offer, records=("bank", "rows", "note"), tells=(Role.CENTRE,), clause="K8",
)  # fmt: skip
def offer(thing: Any, given: Given, actor: Actor) -> None:
    thing.institution, thing.note = thing.under, given["note"]
    thing.bank = Bank.everywhere.get(pk=int(given["bank"]), kind="unified", state="open")
    data = given["file"].read()
    thing.rows = len(queries.read_file(data, name=given["file"].name).items)
    thing.file = _keep(thing.bank, data, name=given["file"].name)


@contribution.step(
    "withdraw", _("撤回投稿"), source="offered", target="withdrawn", who=(Role.MANAGER, Role.KEEPER), primary=False,
    clause="K8",
)  # fmt: skip
def withdraw(thing: Any, given: Given, actor: Actor) -> None: ...


@contribution.step(
    "adopt", _("采纳"), source="offered", target="adopted", who=Role.CENTRE, records=("bank", "rows"),
    tells=(Role.MANAGER, Role.KEEPER), clause="K8",
)  # fmt: skip
def adopt(thing: Any, given: Given, actor: Actor) -> None:
    # its items go the way of all items: previewed, taken as drafts, reviewed by two
    thing.intake = create(step_of("intake.receive"), under=thing.bank, actor=SYSTEM, given={"contribution": thing.pk})


@contribution.step(
    "decline", _("不采纳"), source="offered", target="declined", who=Role.CENTRE, asks=Reason, primary=False,
    tells=(Role.MANAGER, Role.KEEPER), clause="K8",
)  # fmt: skip
def decline(thing: Any, given: Given, actor: Actor) -> None: ...


@contribution.step(
    "explain", _("告知未能采用的试题"), source="adopted", target=STAY, who=Role.SYSTEM,
    requires=(something_is_left_out,), tells=(Role.MANAGER, Role.KEEPER), primary=False,
    done=_("告知有试题未能采用，原因见投稿页面"), clause="K8",
)  # fmt: skip
def explain(thing: Any, given: Given, actor: Actor) -> None: ...
