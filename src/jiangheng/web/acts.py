"""Doing a step from a page: its form, its confirmation, many at once, making new things. Writing is `perform`."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from jiangheng.core.authority import Actor
from jiangheng.core.errors import OutOfReach, Refusal, Refused, WrongRole
from jiangheng.core.steps import FLOWS, STAY, Step, step_of
from jiangheng.kernel import perform as kernel
from jiangheng.kernel.display import DISPLAYS

from . import errors, states, things, wording
from .doors import members_only
from .listing import Listing

MOST_AT_ONCE = 2_000


def step_named(flow: str, name: str) -> Step:
    """The step of a thing's own page; OutOfReach when there is none of that name."""
    found = FLOWS[flow].steps.get(name) if flow in FLOWS else None
    if found is None or found.creates:
        raise OutOfReach(f"{flow}.{name}")
    return found


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, flow: str, pk: int, name: str) -> HttpResponse:
    """The page of a step (its form, or what it will do), and doing it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    act = step_named(flow, name)
    thing = things.find(flow, pk, actor)
    if not act.may(actor, thing.scope):
        raise WrongRole(act.label, act.who)
    if request.method != "POST":
        form = act.asks(thing=thing, actor=actor, step=act, initial=things.initial(act, thing)) if act.asks else None
        return _page(request, act, thing, form, kernel.standing_refusals(act, thing, actor))
    before = thing.state
    try:
        done = kernel.perform(
            act, pk, actor=actor, given=request.POST, files=request.FILES, version=version_of(request.POST)
        )
    except Refused as no:
        return _refused(request, act, thing, no)
    _keep_session(request, done)
    messages.success(request, told(act, _as_it_is(act, done, actor)))
    _notices(request, done)
    special = DISPLAYS[flow].hidden if flow in DISPLAYS else frozenset()
    back = request.POST.get("back", "") if name in special or before == done.state else ""
    return HttpResponseRedirect(_safe(request, back) or f"/d/{flow}/{pk}")


def _as_it_is(act: Step, done: Any, actor: Actor) -> Any:
    """The thing as the next page will show it: what follows by itself may have taken it further."""
    return kernel.model_of(act.flow).visible(actor).filter(pk=done.pk).first() or done


def _notices(request: HttpRequest, thing: Any) -> None:
    """What was done and yet should be known: what a file said and was not taken, what no longer has its place."""
    for notice in getattr(thing, "notices", ()):
        messages.warning(request, notice)


def version_of(posted: Any) -> int | None:
    """The version of the thing that the person saw, as posted."""
    text = str(posted.get("version", ""))
    return int(text) if text.isdecimal() else None


def _safe(request: HttpRequest, url: str) -> str:
    return url if url and url_has_allowed_host_and_scheme(url, {request.get_host()}) else ""


def _keep_session(request: HttpRequest, thing: Any) -> None:
    # a new password ends all sessions of the account; the one that set it stays
    if isinstance(thing, get_user_model()) and thing.pk == request.user.pk:
        update_session_auth_hash(request, thing)


def _page(
    request: HttpRequest, act: Step, thing: Any, form: Any, refusals: list[Refusal], *, status: int = 200,
    under: Any = None, parent: str = "",
) -> HttpResponse:  # fmt: skip
    born = thing if under is None else under
    flow = act.flow if under is None else parent
    back = f"/d/{flow}/{born.pk}" if born is not None else "/"
    context = {
        "step": act,
        "flow": flow,
        "thing": born,
        "title": things.title_of(flow, born) if born is not None else "",
        "form": form,
        "refusals": [errors.shown(refusal) for refusal in refusals],
        "consequences": consequences(act, thing),
        "action": request.path,
        "back": back,
        "version": thing.version if under is None and thing.pk else "",
        "draft": f"{act.code}.{born.pk if born is not None else 0}",
        "short": form is None or len(form.fields) <= 4,
        "multipart": form is not None and form.is_multipart(),
        "base": "office.html" if request.actor.id != "public" else "public.html",  # type: ignore[attr-defined]
    }
    part = bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "desk/_form.html" if part else "desk/form.html"
    return render(request, template, context, status=status)


def _refused(
    request: HttpRequest, act: Step, thing: Any, no: Refused, *, under: Any = None, parent: str = ""
) -> HttpResponse:
    if act.asks is None and not act.destructive:
        back = f"/d/{act.flow}/{thing.pk}" if under is None else f"/d/{parent}/{under.pk}"
        return errors.refused(request, no, step=act, back=back)
    form, at_fields = None, []
    if act.asks is not None:
        form = bound(request, act, thing)
        at_fields = [str(refusal.reason) for refusal in form.refusals()]
    rest = [refusal for refusal in no.refusals if str(refusal.reason) not in at_fields]
    return _page(request, act, thing, form, rest, status=422, under=under, parent=parent)


def bound(request: HttpRequest, act: Step, thing: Any) -> Any:
    """The form of a refused step with what was sent: nothing typed is lost, and each error stands at its field."""
    for _name, every in request.FILES.lists():
        for sent in every:
            # read once already; from its end it would look like an empty file, and be refused for that
            sent.seek(0)
    form = act.asks(request.POST, request.FILES, thing=thing, actor=request.actor, step=act)  # type: ignore[attr-defined, misc]
    form.is_valid()
    return form


def consequences(act: Step, thing: Any) -> list[str]:
    """What the step will do, in sentences, before it is done."""
    found = []
    after = act.state_after(thing.state)
    if not act.creates and thing.state != after:
        now, then = states.label(act.flow, thing.state), states.label(act.flow, after)
        found.append(_("状态由“{now}”变为“{then}”").format(now=now, then=then))
    if act.tells:
        found.append(_("通知{roles}").format(roles=things.roles(act.tells)))
    if act.destructive:
        found.append(_("办理后不能自行撤销，并永久留痕"))
    return found


def told(act: Step, thing: Any) -> str:
    """What has happened and what comes next."""
    title = things.title_of(act.flow, thing)
    if act.target == STAY:
        # nothing has moved on: to name the next step would sound as if this one had not counted
        return _("{title}：已办理“{step}”。").format(title=title, step=act.label)
    text = _("{title}：已办理“{step}”，现为“{state}”。").format(
        title=title, step=act.label, state=states.label(act.flow, thing.state)
    )
    coming = [turn for turn in things.turns(act.flow, thing) if not turn.step.destructive]
    if coming:
        turn = coming[0]
        if turn.automatic:
            text += _("接下来到期后由系统自动办理“{step}”。").format(step=turn.step.label)
        elif turn.due_at:
            text += _("接下来由{who}在 {when} 前办理“{step}”。").format(
                who=turn.who, when=wording.moment(turn.due_at), step=turn.step.label
            )
        else:
            text += _("接下来由{who}办理“{step}”。").format(who=turn.who, step=turn.step.label)
    elif thing.state in FLOWS[act.flow].final:
        text += _("此事项已办结。")
    return text


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, flow: str, pk: int, code: str) -> HttpResponse:
    """Make a new thing under one that the actor sees (the public too: it applies and objects)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return create_under(request, creating(code, flow), flow, things.find(flow, pk, actor))


def creating(code: str, flow: str) -> Step:
    """The step that makes a thing under one of that flow; OutOfReach when there is none."""
    try:
        found = step_of(code)
    except LookupError:
        raise OutOfReach(code) from None
    if not found.creates or flow not in found.under:
        raise OutOfReach(code)
    return found


def create_under(request: HttpRequest, act: Step, flow: str, parent: Any) -> HttpResponse:
    """The page of a creating step under that thing, and doing it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not act.may(actor, parent.scope):
        if actor.id == "public":
            from .doors import ask_to_log_in

            return ask_to_log_in(request)
        raise WrongRole(act.label, act.who)
    unborn = things.unborn(act, parent)
    if request.method != "POST":
        form = act.asks(thing=unborn, actor=actor, step=act) if act.asks else None
        return _page(request, act, unborn, form, act.refusals(unborn), under=parent, parent=flow)
    try:
        thing = kernel.create(act, under=parent, actor=actor, given=request.POST, files=request.FILES)
    except Refused as no:
        return _refused(request, act, unborn, no, under=parent, parent=flow)
    text = told(act, thing)
    if not type(thing).visible(actor).filter(pk=thing.pk).exists():
        title = things.title_of(act.flow, thing)
        return render(request, "desk/received.html", {"step": act, "title": title, "told": text, "thing": thing})
    messages.success(request, text)
    _notices(request, thing)
    return HttpResponseRedirect(f"/d/{act.flow}/{thing.pk}")


def _chosen(request: HttpRequest, flow: str) -> list[int]:
    if request.POST.get("all"):
        listing = Listing(flow, request.actor, QueryDict(request.POST.get("query", "")))  # type: ignore[attr-defined]
        return list(listing.rows.values_list("pk", flat=True)[:MOST_AT_ONCE])
    return [int(pk) for pk in request.POST.getlist("pk") if pk.isdecimal()][:MOST_AT_ONCE]


@members_only
@require_POST
def bulk(request: HttpRequest, flow: str, name: str) -> HttpResponse:
    """One step on many things: what may not be done is told with its reasons and does not stop the rest."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    act = step_named(flow, name)
    if not act.bulk or flow not in DISPLAYS:
        raise OutOfReach(act.code)
    display = DISPLAYS[flow]
    pks = _chosen(request, flow)
    rows = model_rows(flow, pks, actor)
    back = _safe(request, request.POST.get("back", "")) or f"/d/{flow}/"
    if not rows:
        messages.warning(request, _("没有选中任何事项；请先勾选要办理的行"))
        return HttpResponseRedirect(back)
    context: dict[str, Any] = {
        "step": act,
        "flow": flow,
        "display": display,
        "back": back,
        "pks": [row.pk for row in rows],
    }
    given = None
    if act.asks is not None or act.destructive:
        sure = request.POST.get("sure") == "1"
        form = None
        if act.asks is not None:
            form = act.asks(request.POST if sure else None, thing=rows[0], actor=actor, step=act)
        if not sure or (form is not None and not form.is_valid()):
            context |= {"form": form, "titles": [display.title(row) for row in rows[:50]], "count": len(rows)}
            context["consequences"] = consequences(act, rows[0])
            return render(request, "desk/bulk.html", context, status=422 if sure else 200)
        given = request.POST
    outcomes = kernel.perform_each(act, context["pks"], actor=actor, given=given)
    done = sum(outcome.done for outcome in outcomes)
    if done == len(outcomes):
        text = ngettext("已对 {n} 项办理“{step}”。", "已对 {n} 项办理“{step}”。", done).format(n=done, step=act.label)
        messages.success(request, text)
        return HttpResponseRedirect(back)
    titles = {row.pk: display.title(row) for row in rows}
    context["done"] = done
    context["failed"] = [
        {
            "title": titles[each.thing],
            "url": f"/d/{flow}/{each.thing}",
            "refusals": [errors.shown(no) for no in each.refusals],
        }
        for each in outcomes
        if not each.done
    ]
    return render(request, "desk/bulk_result.html", context)


def model_rows(flow: str, pks: list[int], actor: Actor) -> list[Any]:
    """The chosen things that the actor sees, in the order chosen."""
    display = DISPLAYS[flow]
    found = kernel.model_of(flow).visible(actor).select_related(*display.select_related).in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]
