"""No page, list, search, export, choice or API shows a neighbour's row (W2)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from jiangheng.apps.offices.queries import actor_of
from jiangheng.core.steps import FLOWS
from jiangheng.kernel.perform import model_of

pytestmark = pytest.mark.slow

# an officer of another county, the manager of another enterprise, one evaluator, a candidate who applied by himself
NEIGHBOURS = ("lipu", "xs.manager", "lg.evaluator1", "kaosheng1", "lg.invigilator1", "gl.writer")


def flows() -> list[str]:
    import django

    django.setup()
    return sorted(FLOWS)


@pytest.fixture
def signed_in(played: Any, client: Client) -> Any:
    def sign_in(username: str) -> tuple[Client, Any]:
        account = model_of("account").everywhere.get(username=username)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client, actor_of(account)

    return sign_in


@pytest.mark.parametrize("username", NEIGHBOURS)
@pytest.mark.parametrize("flow", flows())
def test_a_thing_out_of_reach_does_not_exist_on_any_address(flow: str, username: str, signed_in: Any) -> None:
    client, actor = signed_in(username)
    model = model_of(flow)
    seen = set(model.visible(actor).values_list("pk", flat=True))
    hidden = model.everywhere.exclude(pk__in=seen).order_by("pk").first()
    if hidden is None:
        # nothing of this kind is hidden from this person: then he sees all there is, and that must be by declaration
        assert model.public_states or model.everywhere.count() == model.reach(actor).count()
        return
    addresses = [f"/d/{flow}/{hidden.pk}", f"/d/{flow}/{hidden.pk}/trail", f"/api/{flow}/{hidden.pk}"]
    addresses.append(f"/api/{flow}/{hidden.pk}/steps")
    for step in FLOWS[flow].steps.values():
        if not step.creates:
            addresses.append(f"/d/{flow}/{hidden.pk}/{step.name}")
    for child in FLOWS.values():
        for step in child.creating():
            if flow in step.under:
                addresses.append(f"/d/{flow}/{hidden.pk}/new/{step.code}")
    for address in addresses:
        assert client.get(address).status_code == 404, f"{username} {address}"


@pytest.mark.parametrize("username", NEIGHBOURS)
@pytest.mark.parametrize("flow", flows())
def test_a_list_holds_what_its_reader_reaches_and_nothing_else(flow: str, username: str, signed_in: Any) -> None:
    client, actor = signed_in(username)
    model = model_of(flow)
    answer = client.get(f"/api/{flow}/?size=100")
    assert answer.status_code in (200, 403), answer.content[:200]
    if answer.status_code == 200:
        listed = {row["id"] for row in answer.json()["items"]}
        assert listed <= set(model.visible(actor).values_list("pk", flat=True))


def test_evaluators_see_their_own_sheets_and_no_application(signed_in: Any) -> None:
    _client, actor = signed_in("lg.evaluator1")
    sheets = model_of("sheet").reach(actor)
    account = int(actor.id.partition(":")[2])
    assert sheets.exists()
    assert set(sheets.values_list("evaluator_id", flat=True)) == {account}
    assert not model_of("application").reach(actor).exists()


def addresses() -> list[tuple[str, str]]:
    """Every special address that names one thing, with the flow of that thing, read from the address tables."""
    from jiangheng.web import portal_urls, room_urls

    found = []
    for pattern in (*room_urls.urlpatterns, *portal_urls.urlpatterns):
        route = str(pattern.pattern)
        first, _, rest = route.partition("/")
        flow = {"d": rest.partition("/")[0], "my": "application", "exam": "sitting", "standards": "standard"}.get(
            first, ""
        )
        if "<int:pk>" in route and flow:
            found.append((route, flow))
    return found


@pytest.mark.parametrize("username", NEIGHBOURS)
def test_no_special_page_or_document_opens_for_a_stranger(username: str, signed_in: Any) -> None:
    client, actor = signed_in(username)
    tried = 0
    for route, flow in addresses():
        model = model_of(flow)
        hidden = model.everywhere.exclude(pk__in=set(model.visible(actor).values_list("pk", flat=True))).first()
        if hidden is None:
            continue
        address = "/" + route.replace("<int:pk>", str(hidden.pk)).replace("<int:sitting>", "1")
        tried += 1
        # an examination's addresses ask an account holder for his ticket first: that tells nothing either
        allowed = (302, 404, 405) if route.startswith("exam/") else (404, 405)
        assert client.get(address).status_code in allowed, f"{username} {address}"
        assert client.post(address).status_code in (*allowed, 403), f"{username} {address}"
    assert tried >= 2, "the test must have tried special pages"
