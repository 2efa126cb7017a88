"""花名册导入: uploaded and previewed, then its good rows are taken or none; a taking can be undone (K10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.steps import NOTHING, flow, rule, step_of
from jiangheng.kernel import files
from jiangheng.kernel.perform import create, perform

from .. import queries
from ..formats.roster import read_roster
from ..forms import Taking, Upload

roster = flow("roster", "batches.Roster", _("花名册"), final=("discarded", "undone"))

Given = Mapping[str, Any]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@rule(_("本批次现在不接受报名"), clause="K10", mend=_("报名期内才能导入"))
def batch_is_announced(thing: Any) -> bool:
    batch = thing.batch if thing.batch_id else thing.under
    return bool(batch.state == "announced")


@rule(_("已有人进入后续环节，不能整批撤销"), clause="K10", mend=_("请逐人撤回申报"))
def nothing_is_built_on_it(thing: Any) -> bool:
    return not thing.applications.exclude(state__in=("submitted", "withdrawn")).exists()


@roster.step(
    "upload", _("上传花名册"), source=NOTHING, target="previewed", who=Role.REGISTRAR, under=("batch",), asks=Upload,
    requires=(batch_is_announced,), records=("rows",), clause="K10",
)  # fmt: skip
def upload(thing: Any, given: Given, actor: Actor) -> None:
    thing.batch = thing.under
    data = given["file"].read()
    found = read_roster(data)
    thing.file = files.keep(data, name="roster.xlsx", media_type=XLSX, scope=thing.scope)
    thing.rows = len(found.rows)
    thing.findings = queries.findings_as_data(queries.check(thing.batch, found))


@roster.step(
    "take", _("确认导入"), source="previewed", target="taken", who=Role.REGISTRAR, asks=Taking,
    requires=(batch_is_announced,), records=("rows", "taken"), tells=(Role.CHECKER,), clause="K10",
)  # fmt: skip
def take(thing: Any, given: Given, actor: Actor) -> None:
    found = read_roster(files.read(thing.file))
    # checked again now: somebody on the sheet may have applied since the preview
    findings = queries.check(thing.batch, found)
    thing.findings = queries.findings_as_data(findings)
    if given["mode"] == "all" and thing.bad_rows:
        raise Refused([Refusal(_t("预览之后又出现有误的行，一行也没有导入"), "K10", _t("请查看最新的标注"))])
    enrol = step_of("application.enrol")
    refused: list[dict[str, Any]] = []
    for row in found.rows:
        if row.number in thing.bad_rows:
            continue
        try:
            person = create(enrol, under=thing.batch, actor=actor, given=queries.given_of(row, thing.batch))
        except Refused as no:
            if given["mode"] == "all":
                raise
            refused += queries.refusals_as_data(row.number, no)
            continue
        person.roster = thing
        person.save(update_fields=["roster"])
        thing.taken += 1
    thing.findings = [*thing.findings, *refused]
    if not thing.taken:
        raise Refused([Refusal(each["problem"], "K10", each["mend"]) for each in refused[:20]])


@roster.step(
    "discard", _("放弃导入"), source="previewed", target="discarded", who=Role.REGISTRAR, primary=False, clause="K10"
)
def discard(thing: Any, given: Given, actor: Actor) -> None: ...


@roster.step(
    "undo", _("撤销导入"), source="taken", target="undone", who=Role.REGISTRAR, requires=(nothing_is_built_on_it,),
    records=("taken",), primary=False, destructive=True, clause="K10",
)  # fmt: skip
def undo(thing: Any, given: Given, actor: Actor) -> None:
    withdraw = step_of("application.withdraw")
    for person in thing.applications.filter(state="submitted").order_by("pk"):
        perform(withdraw, person.pk, actor=actor, given={})
