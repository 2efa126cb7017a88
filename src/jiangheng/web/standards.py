"""The public's pages of occupations and standards: the catalogue, every published standard, two versions (K1, K3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from jiangheng.apps.institutions import queries as institutions
from jiangheng.apps.standards import queries as standards
from jiangheng.apps.standards.formats.catalogue import write_catalogue
from jiangheng.apps.standards.models import Standard
from jiangheng.core.authority import PUBLIC
from jiangheng.core.errors import OutOfReach
from jiangheng.core.law.levels import LADDER, NATIONAL
from jiangheng.core.law.occupations import Occupation, starter
from jiangheng.core.law.standard_text import KINDS
from jiangheng.kernel import clock
from jiangheng.kernel.display import level_face
from jiangheng.kernel.spoken import spoken

from . import standard_texts as texts
from .room_pages.ways import PDF, XLSX, handed_out

PAGE = 50
PUBLIC_PAGE = "standards"

GROUPS = (
    ("1", lazy("党的机关、国家机关、群众团体和社会组织、企事业单位负责人")),
    ("2", lazy("专业技术人员")),
    ("3", lazy("办事人员和有关人员")),
    ("4", lazy("社会生产服务和生活服务人员")),
    ("5", lazy("农、林、牧、渔业生产及辅助人员")),
    ("6", lazy("生产制造及有关人员")),
    ("7", lazy("军队人员")),
    ("8", lazy("不便分类的其他从业人员")),
)
MARKS: dict[str, tuple[Any, Callable[[Occupation], bool]]] = {
    "digital": (lazy("数字职业"), lambda row: row.digital),
    "green": (lazy("绿色职业"), lambda row: row.green),
    "evaluated": (lazy("开展等级认定"), lambda row: not row.entry_controlled),
    "controlled": (lazy("准入类（不开展认定）"), lambda row: row.entry_controlled),
}
SORTS: dict[str, tuple[Any, Callable[[Occupation], Any]]] = {
    "code": (lazy("按编码排"), lambda row: row.code),
    "name": (lazy("按名称排"), lambda row: (row.name.encode("gb18030", "replace"), row.code)),
}
WHEN = {"now": lazy("现行"), "coming": lazy("即将实施"), "former": lazy("已停止使用")}


def _words(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:60]


def _one_of(request: HttpRequest, key: str, choices: Iterable[str]) -> str:
    asked = request.GET.get(key, "")
    return asked if asked in tuple(choices) else ""


def _paged(request: HttpRequest, rows: Any) -> dict[str, Any]:
    paginator = Paginator(rows, PAGE)
    page = paginator.get_page(request.GET.get("page"))
    return {"page_obj": page, "page_range": paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)}


# ---- the catalogue ----


def _asked(request: HttpRequest) -> dict[str, str]:
    return {
        "words": _words(request),
        "group": _one_of(request, "group", dict(GROUPS)),
        "level": _one_of(request, "level", (each.code for each in NATIONAL)),
        "mark": _one_of(request, "mark", MARKS),
        "sort": _one_of(request, "sort", SORTS) or "code",
    }


def found_occupations(asked: dict[str, str]) -> list[Occupation]:
    """The occupations of the edition in force that are asked for, in the order asked for."""
    words, group, level, mark = (asked[key] for key in ("words", "group", "level", "mark"))
    rows = [
        row
        for row in standards.occupations()
        if (not words or any(words in text for text in (row.code, row.name, *row.directions)))
        and row.code.startswith(group)
        and (not level or level in row.levels)
        and (not mark or MARKS[mark][1](row))
    ]
    return sorted(rows, key=SORTS[asked["sort"]][1])


@require_safe
def occupations(request: HttpRequest) -> HttpResponse:
    """The catalogue in force: which occupations there are, at which levels, by which standard, evaluated where."""
    asked = _asked(request)
    edition = standards.catalogue()
    context = _paged(request, found_occupations(asked))
    here = [row.code for row in context["page_obj"]]
    by_code = {one.occupation: one for one in standards.enacted(kinds=("national",)) if one.occupation in here}
    evaluated = _evaluated()
    context |= asked | {
        "public_page": PUBLIC_PAGE,
        "tab": "occupations",
        "edition": edition.edition if edition else starter().edition,
        "source": edition.source if edition else starter().source,
        "rows": [
            {
                "row": row,
                "levels": faces(row.levels),
                "standard": by_code.get(row.code),
                "institutions": evaluated.get(row.code, 0),
            }
            for row in context["page_obj"]
        ],
        "groups": GROUPS,
        "all_levels": [(each.code, level_face(each.code)) for each in NATIONAL],
        "marks": [(key, label) for key, (label, _test) in MARKS.items()],
        "sorts": [(key, label) for key, (label, _key) in SORTS.items()],
        "filtered": any(asked[key] for key in ("words", "group", "level", "mark")),
    }
    return render(request, "portal/occupations.html", context)


def faces(codes: Sequence[str]) -> str:
    """Levels in a few words: from the lowest to the highest where none between is left out."""
    order = [each.code for each in LADDER]
    places = [order.index(code) for code in codes if code in order]
    if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):
        return _("{low}至{high}").format(low=level_face(codes[0]), high=level_face(codes[-1]))
    return _("、").join(level_face(code) for code in codes)


def _evaluated() -> dict[str, int]:
    """How many institutions may evaluate an occupation today."""
    found: dict[str, set[int]] = {}
    filings = institutions.directory().filter(institution__state="active", valid_until__gte=clock.today())
    for code, institution in filings.values_list("occupation", "institution"):
        found.setdefault(code, set()).add(institution)
    return {code: len(each) for code, each in found.items()}


@require_safe
def occupations_workbook(request: HttpRequest) -> HttpResponse:
    """Exactly what the page lists, as a workbook in the form of the template."""
    data = write_catalogue(found_occupations(_asked(request)), title=_("职业目录"))
    return handed_out(data, kind=XLSX, name=_("职业目录-{day}.xlsx").format(day=clock.today().isoformat()))


@require_safe
def catalogue_template(request: HttpRequest) -> HttpResponse:
    """The empty workbook to fill."""
    return handed_out(write_catalogue((), title=_("职业目录")), kind=XLSX, name=_("职业目录模板.xlsx"))


# ---- the standards ----


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every published standard of the three kinds."""
    words, kind = _words(request), _one_of(request, "kind", KINDS)
    # what applies now is asked for unless another answer, or "all", is given
    when = "now" if "when" not in request.GET else _one_of(request, "when", WHEN)
    everything = Standard.visible(PUBLIC)
    names = dict(everything.order_by("occupation", "pk").values_list("occupation", "name"))
    occupation = _one_of(request, "occupation", names)
    rows = everything.filter(_when(when)).order_by("occupation", "kind", "-valid_from", "-pk")
    if kind:
        rows = rows.filter(kind=kind)
    if occupation:
        rows = rows.filter(occupation=occupation)
    if words:
        rows = rows.filter(
            Q(title__icontains=words) | Q(name__icontains=words) | Q(occupation__icontains=words)
            | Q(number__icontains=words) | Q(edition__icontains=words)
        )  # fmt: skip
    context = _paged(request, rows)
    for standard in context["page_obj"]:
        standard.kind_name = spoken(KINDS[standard.kind])
        standard.faces = faces(standard.levels)
        standard.standing = standing(standard)
        standard.by = institutions.institution_of(standard.owner) if standard.owner else None
    context |= {
        "public_page": PUBLIC_PAGE, "tab": "standards", "words": words, "kind": kind, "occupation": occupation,
        "when": when, "kinds": [(key, spoken(name)) for key, name in KINDS.items()], "whens": WHEN.items(),
        "occupations": names.items(), "filtered": bool(words or kind or occupation or when != "now"),
    }  # fmt: skip
    return render(request, "portal/standards.html", context)


def _when(asked: str) -> Q:
    today = clock.today()
    over = Q(valid_to__lt=today)
    return {
        "now": Q(valid_from__lte=today) & ~over, "coming": Q(valid_from__gt=today), "former": over,
    }.get(asked, Q())  # fmt: skip


def standing(standard: Standard) -> dict[str, Any]:
    """Whether a published version applies today, as a mark."""
    today = clock.today()
    if standard.valid_to and standard.valid_to < today:
        key, tone = "former", "void"
    elif standard.valid_from and standard.valid_from > today:
        key, tone = "coming", "soon"
    else:
        key, tone = "now", "done"
    return {"label": WHEN[key], "tone": tone}


def published(pk: int) -> Standard:
    """A published standard; OutOfReach for a draft, as if it did not exist."""
    found = Standard.visible(PUBLIC).filter(pk=pk).first()
    if found is None:
        raise OutOfReach(f"standard:{pk}")
    return found  # type: ignore[no-any-return]


@require_safe
def standard(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole of a standard, to be read."""
    found = published(pk)
    context = standards.read_out(found.text) | {
        "public_page": PUBLIC_PAGE,
        "standard": found,
        "standing": standing(found),
        "by": institutions.institution_of(found.owner) if found.owner else None,
        "others": standards.comparable(found),
        "institutions": _evaluated().get(found.occupation, 0),
        "at": f"/standards/{pk}",
        "top": 2,
        "sub": 3,
        "open": True,
    }
    return render(request, "portal/standard.html", context)


@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two published versions compared."""
    found = published(pk)
    others = [texts.version(each, beside=found) for each in standards.comparable(found)]
    context = texts.comparison(request, texts.version(found), others)
    context |= {"base": "public.html", "public_page": PUBLIC_PAGE, "back": f"/standards/{pk}"}
    return render(request, "standards/compare.html", context)


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The standard as it is printed."""
    found = published(pk)
    return handed_out(texts.paper(found), kind=PDF, name=texts.name_of(found, "pdf"), shown=True)


@require_safe
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """The readable text, canonical."""
    found = published(pk)
    return handed_out(texts.canonical(found.text), kind=texts.TOML, name=texts.name_of(found, "toml"))
