"""An enterprise that may recognise by all eight steps, five experts, and rounds of every route in small."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from portal_stage import PDF, Stage, it_is, person, photo

from jiangheng.apps.roster import queries as roster
from jiangheng.core.authority import SYSTEM
from jiangheng.core.law.standard_text import shipped_text
from jiangheng.core.steps import step_of
from jiangheng.kernel import clock
from jiangheng.kernel.clockwork import tick
from jiangheng.kernel.perform import create

EXPERTS = ("expert1", "expert2", "expert3", "expert4", "expert5")
SOUND: dict[str, dict[str, str]] = {
    "newcomer": {"level": "5"},
    "outstanding": {"level": "3"},
    "exceptional": {"level": "2", "held_level": "3", "held_issued": "2023-05-18", "grounds": "problem"},
    "special": {"level": "T", "held_level": "1", "held_issued": "2016-12-20"},
    "chief": {"level": "C", "held_level": "T", "held_issued": "2022-10-12"},
}
"""For every route, what a nomination needs beyond what all need."""


def paper(name: str = "材料.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


class Rounds(Stage):
    """The enterprise, its eight-step filing, and its people at each desk."""

    def __init__(self, play: Any) -> None:
        super().__init__(play)
        self.evaluator = self.person("evaluator", "evaluator")
        self.county = self.city.actor("county")
        for name in EXPERTS:
            self.city.person(name, "expert", name=f"专家{name[-1]}")
        self.eight = self.file(levels=["A", "5", "4", "3", "2", "1", "T", "C"])

    def file(self, *, levels: list[str]) -> Any:
        """A filing on the enterprise's own specification; how one comes about is another test's matter."""
        standard = create(step_of("standard.record"), under=self.city.regions["450300"], actor=SYSTEM, given={
            "text": shipped_text("motor-assembly-eight-step"), "owner": self.institution.scope,
            "number": "GL-GF-2026-0001", "valid_from": clock.today().isoformat(),
        })  # fmt: skip
        site = self.play("site.open", under=self.institution, by=self.manager, name="装调考点", address="朝阳路12号")
        for kind in ("theory", "practical"):
            self.play("room.add", under=site, by=self.manager, name=f"{kind}室", kind=kind, rows=2, columns=5)
        filing = self.play(
            "filing.draft", under=self.institution, by=self.manager, site=site.pk, standard=str(standard.pk),
            levels=levels, statement="设评价委员会，考评员和督导员齐备", files={"document": paper()},
        )  # fmt: skip
        self.play("filing.submit", filing, by=self.manager)
        return self.play("filing.accept", filing, by=self.city.actor("centre"), opinion="同意")

    def open(self, route: str, *, filing: Any = None, **more: Any) -> Any:
        """A round; the appointing ones fill one post unless told otherwise."""
        given = {"route": route, "title": f"漓光电气{route}", "scheme": "审阅材料，答辩，逐人表决并评分，公示。"}
        if route in ("special", "chief"):
            given["posts"] = "1"
        return self.play("recognition.open", under=filing or self.eight, by=self.manager, **{**given, **more})

    def nominate(
        self, thing: Any, name: str = "秦荔红", *, sequence: int = 1, without: tuple[str, ...] = (), **said: Any
    ) -> Any:
        """Somebody with everything his route asks for, save what is left out."""
        given = {
            "name": name, "identity": person(sequence, born=dt.date(1985, 3, 7)), "department": "电机车间",
            "front_line": "on", "hired_on": "2012-07-01", "insured_months": "60",
            "achievements": "解决轴承早期失效，年减损一百八十万元。", **SOUND[thing.route], **said,
        }  # fmt: skip
        papers: dict[str, Any] = {"evidence": paper(), "statement": paper(), "photo": photo()}
        if thing.route == "exceptional":
            papers["proof"] = paper()
        for each in without:
            papers.pop(each, None)
            given.pop(each, None)
        return self.play("nominee.nominate", under=thing, by=self.registrar, files=papers, **given)

    def panel(self, names: tuple[str, ...] = EXPERTS) -> dict[str, Any]:
        """Who sits, the first of them leading."""
        accounts = [self.city.accounts[name].pk for name in names]
        return {"members": accounts, "chair": accounts[0]}

    def convene(self, thing: Any, names: tuple[str, ...] = EXPERTS) -> Any:
        return self.play("recognition.convene", thing, by=self.exam_officer, **self.panel(names))

    def judge(self, thing: Any, *lines: tuple[int, int], names: tuple[str, ...] = EXPERTS) -> Any:
        """Every expert votes on every nominee: as many for him as told, each with the mark told; then the minutes."""
        found = roster.committee_of(thing)
        assert found is not None
        for place, name in enumerate(names):
            given: dict[str, Any] = {}
            for matter, (votes, mark) in zip(found.matters, lines, strict=True):
                given |= {
                    f"{matter['key']}_choice": "for" if place < votes else "against",
                    f"{matter['key']}_mark": str(mark), f"{matter['key']}_comment": "业绩材料不足以证明",
                }  # fmt: skip
            ballot = found.ballots.get(member=self.city.accounts[name])
            self.play("ballot.cast", ballot, by=self.city.actor(name), **given)
        tick()
        found.refresh_from_db()
        self.play(
            "committee.minute", found, by=self.city.actor(names[0]), minutes="到会专家独立投票，按表决结果提出意见。"
        )
        tick()
        thing.refresh_from_db()
        return thing

    def published(self, route: str, *lines: tuple[int, int], **more: Any) -> Any:
        """A round of one nominee (or one a line) on publicity since the ninth of September."""
        lines = lines or ((5, 90),)
        thing = self.open(route, **more)
        for place in range(len(lines)):
            self.nominate(thing, f"秦荔{'甲乙丙丁'[place]}", sequence=place + 1)
        self.play("recognition.submit", thing, by=self.manager)
        self.convene(thing)
        self.judge(thing, *lines)
        it_is("2026-09-09")
        return self.play("recognition.publish", thing, by=self.exam_officer)

    def finish(self, thing: Any) -> Any:
        """Publicity ends, the county approves; posts are reported and listed."""
        it_is("2026-09-21")
        tick()
        thing.refresh_from_db()
        thing = self.play("recognition.approve", thing, by=self.county, opinion="同意")
        tick()
        if thing.way.appoints:
            self.play("recognition.report", thing, by=self.county)
            self.play("recognition.enlist", thing, by=self.city.actor("city"), list_number="市人社〔2026〕31号")
        thing.refresh_from_db()
        return thing
