"""What a place returned: checked before it is kept, put together, written into the centre's journal (clause K13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from jiangheng.core.errors import Refusal, Refused
from jiangheng.core.exam import site_bundle
from jiangheng.core.exam import sitting as core_sitting
from jiangheng.core.exam.events import decode
from jiangheng.hall import books
from jiangheng.hall.entries import Standing
from jiangheng.kernel import clock, files
from jiangheng.kernel.spoken import spoken

from ..models import Delivery, Session
from .hall import journal, replay, window
from .places import place_key, seat_told

BUNDLE_KIND = "application/vnd.jiangheng.site-bundle+json"
_MINUTE_MS = 60_000
_CLAUSE = "K13"


def faults_of(session: Session, bundle: site_bundle.Bundle) -> list[str]:
    """Why a bundle is not taken, seat by seat where it is about seats; nothing when it is sound."""
    package = session.package
    if package is None:
        return [_("本场没有发出试卷包")]
    sittings = {each.pk: each for each in session.sittings.select_related("application")}
    found = site_bundle.check(bundle, package=package.digest, sittings=sittings.keys(), key=place_key(session))
    told = [
        _("{about}：{said}").format(about=spoken(each.about), said=spoken(each.said))
        for each in found
        if not each.sound
    ]
    told += [
        _("{seat}：{said}").format(seat=seat_told(sittings[pk]), said=spoken(said))
        for pk, said in site_bundle.troubles(bundle).items()
        if pk in sittings
    ]
    return told


def delivered(digest: str) -> Delivery | None:
    """The bundle of that name, if it came before."""
    return Delivery.objects.filter(digest=digest).first()


def keep_bundle(session: Session, bundle: site_bundle.Bundle, content: bytes) -> Delivery:
    """Keep a bundle that is sound, as it came."""
    package = session.package
    assert package is not None
    name = site_bundle.digest(bundle)
    file = files.keep(content, name=f"{name[:16]}.json", media_type=BUNDLE_KIND, scope=session.scope)
    return Delivery.objects.create(
        session=session, package=package, digest=name, machine=bundle.machine, partial=bundle.partial,
        late=session.state != "away", people=len(bundle.journals), count=bundle.count, file=file, at=clock.now(),
    )  # fmt: skip


def to_take_in(session: Session) -> list[Delivery]:
    """The bundles that count when the session is taken in: whole ones, of the package that is out."""
    package = session.package
    return list(package.deliveries.filter(partial=False, late=False).order_by("pk")) if package is not None else []


def merged(session: Session) -> site_bundle.Merged:
    """Everything that came back as one journal a sitting, and the sittings where two machines part."""
    return site_bundle.merge(each for one in to_take_in(session) for each in site_bundle.versions(_read(one)))


def last_said(fork: site_bundle.Fork) -> list[tuple[int, int]]:
    """Of each version of a fork how many entries it has and when its last one was made, UTC milliseconds."""
    return [(len(lines), max(decode(line.text).at for line in lines)) for lines in fork.versions]


def take_in(session: Session, choices: Mapping[int, int]) -> dict[str, int]:
    """Write what came back into the centre's journal, every sitting or none; how many people, entries, and forks.

    Called by the effect of a step before its transaction commits: should the commit fail, the journal has the entries
    and the next try finds them there word for word. ``Refused`` seat by seat when the journal holds something else.
    """
    whole = merged(session)
    journals = site_bundle.decided(whole, choices)
    try:
        new = books.take_in(journal(), journals)
    except books.AlreadyThere as error:
        raise Refused(_occupied(session, error.sittings)) from None
    _note(session, count=new > 0)
    return {
        "people": len(journals), "entries": sum(map(len, journals.values())), "forks": len(whole.forks),
    }  # fmt: skip


def _occupied(session: Session, sittings: tuple[int, ...]) -> list[Refusal]:
    rows = session.sittings.filter(pk__in=sittings).select_related("application").order_by("pk")
    told = _("{seat}：中心考场已有另外的作答记录，本场没有收入任何内容")
    mend = _("请技术人员查明后再办理，不要改动任何文件")
    return [Refusal(told.format(seat=seat_told(each)), _CLAUSE, mend) for each in rows]


def _note(session: Session, *, count: bool) -> None:
    """Tell the watchers' tables how the sittings stood, and once how often messages were refused at the place."""
    stood: dict[int, site_bundle.Stood] = {}
    turned: list[tuple[int, int, str, int]] = []
    minute = window(session)[0] // _MINUTE_MS
    rows = {each.pk: each for each in session.sittings.all()}
    ours = {str(pk) for pk in rows}
    for one in to_take_in(session):
        bundle = _read(one)
        for each in bundle.standings:
            if each.sitting not in stood or each.seen > stood[each.sitting].seen:
                stood[each.sitting] = each
        if count:
            turned += [
                (minute, int(sitting), code, number)
                for sitting, by_code in bundle.turned_away.items()
                for code, number in by_code.items()
                if sitting in ours
            ]
    books.note_standings(
        journal(), [_standing(session, rows[pk], each) for pk, each in sorted(stood.items()) if pk in rows], turned
    )


def _standing(session: Session, sitting: Any, stood: site_bundle.Stood) -> Standing:
    state, _head = replay(sitting)
    return Standing(
        sitting=sitting.pk, session=session.pk, place=session.scope, stage=stood.stage, seen=stood.seen,
        answered=stood.answered, total=stood.total, focus_lost=stood.focus_lost,
        deadline=core_sitting.deadline(state),
    )  # fmt: skip


def _read(one: Delivery) -> site_bundle.Bundle:
    return site_bundle.read(files.read(one.file))
