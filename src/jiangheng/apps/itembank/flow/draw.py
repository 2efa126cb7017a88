"""抽题组卷: the bank's state and the plan are bound before the seed is known; two officials and the trail give it.

Order: commit (digests to the trail), two pledges by two persons (each share's digest to the trail, the share sealed),
then the clock takes the trail's state right after the second, makes the seed and composes. Nobody can choose: before
the second pledge nobody knows both shares, after it nobody can change the bank's committed state or the seed (K9, K13).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import SYSTEM, Actor, Role
from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.exam import draw as fair
from jiangheng.core.exam.plan import plan_digest, stock_digest
from jiangheng.core.exam.sufficiency import Impossible
from jiangheng.core.steps import NOTHING, flow, step_of
from jiangheng.kernel import clock, trail
from jiangheng.kernel.perform import create
from jiangheng.kernel.spoken import spoken

from .. import queries
from ..forms.papers import DrawOrder, Share
from ..models import Pledge
from ..rules import papers as rules

draw = flow("draw", "itembank.Draw", _("抽题组卷"), final=("drawn", "failed"))

Given = Mapping[str, Any]
OFFICIALS = (Role.CENTRE, Role.CITY, Role.KEEPER)


@draw.step(
    "commit", _("发起抽题组卷"), source=NOTHING, target="committed", who=(Role.CENTRE, Role.KEEPER, Role.SYSTEM),
    under=("bank",), asks=DrawOrder, records=("title", "mode", "count", "stock_digest", "plan_digest", "commitment"),
    clause="K9",
)  # fmt: skip
def commit(thing: Any, given: Given, actor: Actor) -> None:
    bank = thing.under
    thing.bank, thing.owner, thing.plan = bank, bank.owner, given["plan"]
    thing.batch, thing.title, thing.mode = given.get("batch"), given["title"], given["mode"]
    thing.count = given["count"]
    people = given.get("persons") or []
    # with a paper for each the items somebody has had stay off his own alone; on a shared one nobody gets them
    own = thing.mode == "each" and len(set(people)) == thing.count == len(people)
    thing.people = people if own else []
    rows = queries.stock_rows(bank, unseen_by=people, own=own)
    thing.stock = queries.stock_data(bank, rows)
    thing.stock_digest = stock_digest(rows)
    thing.plan_digest = plan_digest(queries.plan_of(thing.plan))
    thing.commitment = fair.commit(thing.stock_digest, thing.plan_digest, thing.mode, thing.count)


@draw.step(
    "pledge", _("投入随机数（第一人）"), source="committed", target="half", who=OFFICIALS, asks=Share, bulk=True,
    records=("shares",), clause="K9",
)  # fmt: skip
def pledge(thing: Any, given: Given, actor: Actor) -> None:
    _pledge(thing, given, actor)


@draw.step(
    "second", _("投入随机数（第二人）"), source="half", target="pledged", who=OFFICIALS, asks=Share, bulk=True,
    other_than=("pledge",), records=("shares",), clause="K9",
)  # fmt: skip
def second(thing: Any, given: Given, actor: Actor) -> None:
    _pledge(thing, given, actor)


def _pledge(thing: Any, given: Given, actor: Actor) -> None:
    share = _share(thing, given.get("words", ""), actor)
    Pledge.objects.create(
        draw=thing, actor=actor.id, name=actor.name[:120], share_text=share.hex(),
        digest=fair.share_commitment(share), at=clock.now(),
    )  # fmt: skip


def _share(thing: Any, words: str, actor: Actor) -> bytes:
    # what the official typed is mixed with the machine's own chance, so neither alone decides the share
    chance = secrets.token_bytes(32)
    if settings.CONFIG.demo:
        # one seed gives one city: the sample city's chance comes from its own numbers, a real draw's never
        chance = hashlib.sha256(f"demonstration city:{thing.title}:{actor.name}".encode()).digest()
    return hashlib.sha256(b"jiangheng/share/1" + chance + words.encode()).digest()


@draw.step(
    "draw", _("组卷"), source="pledged", target="drawn", who=Role.SYSTEM, requires=(rules.papers_can_be_made,),
    records=("checkpoint", "seed", "record"), clause="K9",
)  # fmt: skip
def draw_papers(thing: Any, given: Given, actor: Actor) -> None:
    seed = _seeded(thing)
    try:
        made = queries.compose(thing, seed)
    except Impossible as no:
        raise Refused([Refusal(spoken(str(no)), "K9", _t("补充试题或调整组卷计划后重新承诺"))]) from no
    thing.record = queries.record_of(made)
    # papers point at the draw's row, and what they are made of is worked out from it again by whoever checks
    thing.save()
    pins, people = queries.pins_of(thing), thing.people or [""] * len(made.forms)
    for number, codes in enumerate(made.forms):
        create(
            step_of("paper.seal"), under=thing.bank, actor=SYSTEM,
            given={
                "draw": thing.pk, "number": number, "person": people[number],
                "items": [[code, *pins[code]] for code in codes],
            },
        )  # fmt: skip


def _seeded(thing: Any) -> bytes:
    # numbered first: what the checkpoint covers keeps its place, whatever is committed late
    trail.sequence()
    thing.checkpoint, seed = queries.seed_of(thing)
    thing.seed = seed.hex()
    return seed


@draw.step(
    "fail", _("记录未能组卷"), source="pledged", target="failed", who=Role.SYSTEM,
    requires=(rules.papers_cannot_be_made,), records=("checkpoint", "seed", "record"),
    tells=(Role.CENTRE, Role.KEEPER), clause="K9",
)  # fmt: skip
def fail(thing: Any, given: Given, actor: Actor) -> None:
    _seeded(thing)
    thing.record = {"impossible": queries.why_not(thing)}
