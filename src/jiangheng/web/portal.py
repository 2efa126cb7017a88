"""The public's pages: announcements, results on publicity, objections, the directory of institutions (W5, W9, W10).

Nobody logs in here. What is shown of a person is shown by the one masking rule (core.law.identity).
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from jiangheng.apps.batches import queries as batches
from jiangheng.apps.batches.models import Batch
from jiangheng.apps.institutions import queries as institutions
from jiangheng.apps.institutions.models import Filing, Institution
from jiangheng.apps.offices import queries as offices
from jiangheng.apps.routes import queries as routes
from jiangheng.apps.standards import queries as standards
from jiangheng.core.authority import PUBLIC
from jiangheng.core.errors import OutOfReach
from jiangheng.kernel import clock
from jiangheng.kernel.display import Stage, level_face
from jiangheng.kernel.spoken import spoken

PAGE = 20
NEWEST = 6
CITY = "450300"

STAGES = (
    (lazy("公告报名"), "announced"), (lazy("报名截止"), "closed"), (lazy("编排考场"), "seated"),
    (lazy("考试评分"), "scored"), (lazy("结果公示"), "published"), (lazy("核准发证"), "approved"),
    (lazy("归档"), "archived"),
)  # fmt: skip


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Three doors and the newest announcements, of examinations and of what is recognised without one."""
    newest: list[dict[str, Any]] = [
        {
            "url": f"/announcements/{batch.pk}",
            "title": batch.title,
            "at": batch.announced_at,
            "summary": _("{institution} · {occupation} {levels}").format(
                institution=batch.institution.name, occupation=batch.occupation_name, levels=batch.level_faces
            ),
            "open": batches.takes_applications(batch),
            "until": batch.apply_until,
        }
        for batch in batches.announcements()[:NEWEST]
    ]
    newest += [
        {
            "url": f"/recognitions/{found.pk}",
            "title": found.title,
            "at": found.published_at,
            "summary": _("{institution} · {occupation} · {route}公示").format(
                institution=found.institution.name, occupation=found.occupation_name, route=spoken(found.way.label)
            ),
        }
        for found in routes.publicised()[:NEWEST]
    ]
    newest.sort(key=lambda item: item["at"], reverse=True)
    return render(request, "portal/index.html", {"announcements": newest[:NEWEST]})


def page_of(request: HttpRequest, rows: Any) -> dict[str, Any]:
    """The page of rows that is asked for, as every list of the portal draws it."""
    paginator = Paginator(rows, PAGE)
    page = paginator.get_page(request.GET.get("page"))
    return {"page_obj": page, "page_range": paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)}


def words_asked(request: HttpRequest, key: str = "q") -> str:
    """What somebody looks for, of bounded length."""
    return request.GET.get(key, "").strip()[:60]


def county_asked(request: HttpRequest) -> tuple[str, str, list[Any]]:
    """The county asked for (its code), its scope, and all that may be asked for."""
    found = [region for region in offices.regions() if region.code != CITY]
    code = request.GET.get("county", "")
    scope = next((region.scope for region in found if region.code == code), "")
    return (code if scope else ""), scope, found


WHEN = {
    "open": lazy("正在报名"),
    "coming": lazy("等待考试"),
    "published": lazy("结果公示中"),
    "done": lazy("已结束"),
}
IN_STATES = {
    "open": ("announced",),
    "coming": ("closed", "seated", "scored"),
    "published": ("published",),
    "done": ("concluded", "approved", "archived"),
}


@require_safe
def announcements(request: HttpRequest) -> HttpResponse:
    """Every announced batch, newest first, by words, county and stage."""
    words, when = words_asked(request), request.GET.get("when", "")
    code, scope, counties = county_asked(request)
    rows = batches.announcements(place=scope)
    if words:
        rows = rows.filter(
            Q(title__icontains=words) | Q(occupation_name__icontains=words) | Q(institution__name__icontains=words)
        )
    if when in IN_STATES:
        rows = rows.filter(state__in=IN_STATES[when])
    context = page_of(request, rows)
    for batch in context["page_obj"]:
        batch.place = offices.place(batch.scope)
        batch.open_now = batches.takes_applications(batch)
    context |= {
        "public_page": "announcements", "words": words, "county": code, "counties": counties,
        "when": when if when in WHEN else "", "whens": WHEN.items(),
    }  # fmt: skip
    return render(request, "portal/announcements.html", context)


def announced(pk: int) -> Batch:
    """An announced batch; OutOfReach for any other, as if it did not exist."""
    batch = batches.announcements().select_related("standard").filter(pk=pk).first()
    if batch is None:
        raise OutOfReach(f"batch:{pk}")
    return batch  # type: ignore[no-any-return]


def stages(batch: Batch) -> list[Stage]:
    """Where the batch stands, for everybody."""
    order = [state for _label, state in STAGES]
    now = order.index("approved" if batch.state == "concluded" else batch.state)
    over = batch.state == "archived"
    return [
        Stage(label, "done" if place < now or over else "now" if place == now else "next")
        for place, (label, _state) in enumerate(STAGES)
    ]


def conditions(batch: Batch) -> list[dict[str, Any]]:
    """For every level of the batch, the conditions of its standard and the parts of its assessment."""
    content = standards.content(batch.standard)
    return [
        {
            "face": level_face(code),
            "conditions": [each for each in content.conditions if each.level == code],
            "parts": content.design(code).parts,
        }
        for code in batch.levels
    ]


@require_safe
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """All facts of a batch, where it stands, and the way to apply while that is possible."""
    batch = announced(pk)
    context = {
        "public_page": "announcements",
        "batch": batch,
        "place": offices.place(batch.scope),
        "stages": stages(batch),
        "open_now": batches.takes_applications(batch),
        "last_day": batch.apply_until,
        "levels": conditions(batch),
        "published": batch.state == "published",
        "today": clock.today(),
    }
    return render(request, "portal/announcement.html", context)


@require_safe
def publicity(request: HttpRequest, pk: int) -> HttpResponse:
    """Who passed, masked, while results are on publicity; afterwards no names at all."""
    batch = announced(pk)
    context: dict[str, Any] = {"public_page": "announcements", "batch": batch, "place": offices.place(batch.scope)}
    if batch.state == "published":
        rows = batches.published_results(batch)
        context["rows"] = [{**row, "face": level_face(row["level"]), "sex": spoken(row["sex"])} for row in rows]
        context["open_for_objections"] = batch.publicity_until is not None and clock.now() <= batch.publicity_until
    return render(request, "portal/publicity.html", context)


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Institutions with a filing in force, by words, county and occupation (W9)."""
    words, occupation = words_asked(request), request.GET.get("occupation", "")
    code, scope, counties = county_asked(request)
    occupations = standards.occupation_choices()
    if occupation not in dict(occupations):
        occupation = ""
    filings = institutions.directory(words=words, place=scope, occupation=occupation).filter(
        institution__state="active", valid_until__gte=clock.today()
    )
    rows = Institution.visible(PUBLIC).filter(pk__in=filings.order_by().values("institution")).order_by("name", "pk")
    # the page shows every filing of an institution it lists, also those that the filter did not ask for
    in_force = Filing.visible(PUBLIC).filter(state="filed", valid_until__gte=clock.today()).select_related("site")
    rows = rows.prefetch_related(Prefetch("filings", in_force.order_by("occupation"), to_attr="in_force"))
    context = page_of(request, rows)
    for institution in context["page_obj"]:
        institution.place = offices.place(institution.scope)
        for filing in institution.in_force:
            filing.faces = faces(filing)
    context |= {
        "public_page": "institutions", "words": words, "county": code, "counties": counties,
        "occupation": occupation, "occupations": occupations,
    }  # fmt: skip
    return render(request, "portal/institutions.html", context)


def faces(filing: Filing) -> str:
    """The levels of a filing in the rule's words."""
    return _("、").join(level_face(code) for code in filing.levels)


@require_safe
def institution(request: HttpRequest, pk: int) -> HttpResponse:
    """One institution: what it may evaluate, where, until when, and what it announces."""
    found = Institution.visible(PUBLIC).filter(pk=pk).first()
    if found is None:
        raise OutOfReach(f"institution:{pk}")
    filings = list(
        Filing.visible(PUBLIC).filter(institution=found).select_related("site").order_by("state", "occupation")
    )
    today = clock.today()
    for filing in filings:
        filing.faces = faces(filing)  # type: ignore[attr-defined]
        filing.expired = filing.valid_until is not None and filing.valid_until < today  # type: ignore[attr-defined]
    context = {
        "public_page": "institutions",
        "institution": found,
        "place": offices.place(found.scope),
        "filings": filings,
        "sites": institutions.sites_of(found),
        "batches": batches.announcements().filter(institution=found)[:5],
        "recognitions": routes.publicised().filter(institution=found)[:5],
        "posts": routes.posts_in_office(found),
    }
    return render(request, "portal/institution.html", context)
