"""How what a registrar hands in looks: rosters and photo packs (clauses K10, W10)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor, Role
from jiangheng.kernel.display import Column, Display, Link, Panel, Related, display, state_filter

from ..models import PhotoPack, Roster
from ..queries import pack_summary, problem_rows
from .batch import STATE, WHOLE


def _previewed(roster: Roster, actor: Actor) -> dict[str, Any]:
    return {"problems": problem_rows(roster, names=bool(WHOLE & actor.roles_on(roster.scope)))}


display(
    Display(
        flow="roster",
        label=_("花名册"),
        title=lambda roster: f"{roster.batch.title} · {_('花名册')} {roster.pk}",
        columns=(
            Column("title", _("花名册"), value=lambda roster: f"{_('花名册')} {roster.pk}", sort="pk"),
            Column("batch", _("批次"), value="batch.title", sort="batch__title"),
            Column("rows", _("行数"), kind="number", sort="rows"),
            Column("bad", _("有误"), value=lambda roster: len(roster.bad_rows), kind="number"),
            Column("taken", _("已导入"), kind="number", sort="taken"),
            STATE,
        ),
        filters=(state_filter(Roster),),
        search=("batch__title", "batch__number"),
        order="-pk",
        panels=(
            Panel(_("核对结果"), template="batches/roster_preview.html", context=_previewed,
                  shown=lambda roster, actor: bool(Role.REGISTRAR in actor.roles_on(roster.scope))),
            Panel(_("文件"), columns=(
                Column("file", _("上传的工作簿"), kind="file"),
                Column("rows", _("行数"), kind="number"),
                Column("taken", _("已导入"), kind="number"),
            ), shown=lambda roster, actor: bool(Role.REGISTRAR in actor.roles_on(roster.scope))),
        ),
        related=(Related(_("申报"), "application", "roster", frozenset({Role.REGISTRAR})),),
        links=(
            Link(_("核对并导入"), lambda roster: f"/d/roster/{roster.pk}/preview", frozenset({Role.REGISTRAR}),
                 frozenset({"previewed"}), "check"),
            Link(_("下载标注后的工作簿"), lambda roster: f"/d/roster/{roster.pk}/marked.xlsx",
                 frozenset({Role.REGISTRAR}), icon="download"),
        ),
        select_related=("batch", "file"),
        icon="people",
        menu_for=frozenset({Role.REGISTRAR}),
    )
)  # fmt: skip


def _handles(thing: Any, actor: Actor) -> bool:
    return Role.REGISTRAR in actor.roles_on(thing.scope)


display(
    Display(
        flow="photopack",
        label=_("照片包"),
        title=lambda pack: f"{pack.batch.title} · {_('照片包')} {pack.pk}",
        columns=(
            Column("title", _("照片包"), value=lambda pack: f"{_('照片包')} {pack.pk}", sort="pk"),
            Column("batch", _("批次"), value="batch.title", sort="batch__title"),
            Column("files", _("文件数"), kind="number", sort="files"),
            Column("bad", _("有误"), kind="number"),
            Column("taken", _("已采用"), kind="number", sort="taken"),
            STATE,
        ),
        filters=(state_filter(PhotoPack),),
        search=("batch__title", "batch__number"),
        order="-pk",
        panels=(
            Panel(_("核对结果"), template="batches/photo_lines.html", context=lambda pack, actor: pack_summary(pack),
                  shown=_handles),
            Panel(_("文件"), columns=(
                Column("file", _("上传的压缩包"), kind="file"),
                Column("files", _("文件数"), kind="number"),
                Column("taken", _("已采用"), kind="number"),
            ), shown=_handles),
        ),
        links=(
            Link(_("核对并采用"), lambda pack: f"/d/photopack/{pack.pk}/preview", frozenset({Role.REGISTRAR}),
                 frozenset({"previewed"}), "check"),
        ),
        select_related=("batch", "file"),
        icon="camera",
    )
)  # fmt: skip
