"""What a panel judges by: a nominee's own account and papers, open to the members of the panel on his round (R1–R4).

A member's grants reach his own ballot and nothing above it, so the round is entered by his seat on its committee, and
only while the committee has it in hand.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from jiangheng.apps.roster import queries as roster
from jiangheng.apps.routes import queries as routes
from jiangheng.core.errors import OutOfReach
from jiangheng.kernel import files
from jiangheng.kernel.display import level_face
from jiangheng.kernel.spoken import spoken

from ..doors import members_only
from .ways import actor_of, handed_out

PAPERS = (("evidence", lazy("业绩材料")), ("proof", lazy("破格依据证明")), ("statement", lazy("在岗声明")))


def _judged(request: HttpRequest, pk: int) -> tuple[Any, Any]:
    """The nominee and this member's ballot on his round; OutOfReach, as if he did not exist, for everybody else."""
    nominee = routes.nominee(pk)
    ballot = roster.ballot_on(nominee.recognition, actor=actor_of(request)) if nominee is not None else None
    if ballot is None:
        raise OutOfReach(f"nominee:{pk}:material")
    return nominee, ballot


@members_only
@require_safe
def material(request: HttpRequest, pk: int) -> HttpResponse:
    """What the enterprise says of him, and the papers that prove it."""
    nominee, ballot = _judged(request, pk)
    recognition = nominee.recognition
    context = {
        "nominee": nominee,
        "recognition": recognition,
        "way": spoken(recognition.way.label),
        "face": level_face(nominee.level),
        "held": routes.held_faces(nominee),
        "grounds": routes.grounds_of(nominee),
        "papers": [
            {"label": label, "url": f"/d/nominee/{pk}/material/{name}"}
            for name, label in PAPERS
            if getattr(nominee, name) is not None
        ],
        "back": f"/d/ballot/{ballot.pk}",
        "crumbs": [
            {"label": _("我的评审"), "url": "/d/ballot/"},
            {"label": recognition.title, "url": f"/d/ballot/{ballot.pk}"},
            {"label": _("申报材料")},
        ],
    }
    return render(request, "routes/material.html", context)


@members_only
@require_safe
def paper(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of the papers, kept by no cache and unable to do anything."""
    nominee, _ballot = _judged(request, pk)
    kept = getattr(nominee, name) if name in dict(PAPERS) else None
    if kept is None:
        raise OutOfReach(f"nominee:{pk}:{name}")
    answer = handed_out(files.read(kept), kind=kept.media_type, name=kept.name, shown=True)
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return answer
