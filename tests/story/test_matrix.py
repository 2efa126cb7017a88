"""Every (step, role, state) of every flow, generated from the declarations: who may not, cannot (K10, W2).

Grants add up: what somebody cannot do who holds several roles at once, nobody can who holds one of them. So where a
state refuses the step anyway, the roles it is not declared for are tried together, and so are all roles of a stranger.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from jiangheng.core.authority import Actor, Grant, Role
from jiangheng.core.errors import OutOfReach, Refused, WrongRole
from jiangheng.core.steps import FLOWS, Step
from jiangheng.kernel.models import Entry
from jiangheng.kernel.perform import model_of, perform, standing_refusals

pytestmark = pytest.mark.slow

ELSEWHERE = "45/03/81/0001/"


def steps() -> list[Any]:
    """Every step that works on an existing thing, as declared."""
    import django

    django.setup()
    return [
        pytest.param(step, id=step.code) for flow in FLOWS.values() for step in flow.steps.values() if not step.creates
    ]


def a_thing_of(flow: str) -> Any:
    thing = model_of(flow).everywhere.order_by("pk").first()
    assert thing is not None, f"the story leaves no {flow}: the matrix would not try its steps"
    return thing


def somebody(*roles: Role, scope: str) -> Actor:
    return Actor("account:999999", "矩阵", tuple(Grant(role, scope) for role in roles))


def hands(step: Step, state: str) -> list[tuple[Role, ...]]:
    """Who tries: each role alone where the state lets it; elsewhere each declared role, and all others together."""
    if state in step.source:
        return [(role,) for role in Role]
    return [*((role,) for role in step.who), tuple(role for role in Role if role not in step.who)]


def try_step(step: Step, thing: Any, actor: Actor) -> str:
    """How trying ends: done, or the kind of refusal. Nothing is kept."""
    from django.db import transaction

    try:
        with transaction.atomic():
            perform(step, thing.pk, actor=actor, given={})
            transaction.set_rollback(True)
        return "done"
    except OutOfReach:
        return "404"
    except WrongRole:
        return "403"
    except Refused:
        return "422"


@pytest.mark.parametrize("step", steps())
def test_a_step_is_refused_to_every_role_state_and_territory_it_is_not_declared_for(step: Step, played: Any) -> None:
    model = model_of(step.flow)
    thing = a_thing_of(step.flow)
    before = Entry.objects.count()
    for state, _label in model.STATES:
        model.everywhere.filter(pk=thing.pk).update(state=state)
        thing.refresh_from_db()
        for roles in hands(step, state):
            actor = somebody(*roles, scope=thing.scope)
            ended = try_step(step, thing, actor)
            reaches = model.visible(actor).filter(pk=thing.pk).exists()
            case = f"{step.code} by {roles} in {state}"
            if not reaches:
                assert ended == "404", case
            elif not step.who & set(roles):
                assert ended == "403", case
            elif state not in step.source:
                assert ended == "422", case
                assert standing_refusals(step, thing, actor), case
            else:
                assert ended in ("done", "422"), case
        # every role somewhere else: the thing does not exist for it, unless everybody may read it
        stranger = somebody(*Role, scope=ELSEWHERE)
        expected = "403" if state in model.public_states else "404"
        assert try_step(step, thing, stranger) == expected, f"{step.code} in {state} from elsewhere"
    assert Entry.objects.count() == before


@pytest.mark.parametrize("step", steps())
def test_page_and_api_refuse_what_the_step_refuses(step: Step, played: Any, client: Client) -> None:
    """A candidate of another county tries every step by page and by API: 404 or 403, never done."""
    account = model_of("account").everywhere.get(username="kaosheng1")
    thing = (
        model_of(step.flow).everywhere.exclude(scope__startswith=account.scope).exclude(pk=account.pk).order_by("pk")
    )
    mine = {"application": "account", "certificate": "result__application__account"}
    if step.flow in ("application", "sitting", "practical", "result", "certificate"):
        thing = thing.exclude(**{mine.get(step.flow, "application__account"): account})
    other = thing.first()
    assert other is not None
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    before = Entry.objects.count()
    page = client.post(f"/d/{step.flow}/{other.pk}/{step.name}", {})
    api = client.post(f"/api/{step.flow}/{other.pk}/{step.name}", {}, content_type="application/json")
    assert page.status_code in (403, 404), step.code
    assert api.status_code == page.status_code, step.code
    assert Entry.objects.count() == before
