"""The form of 我能评什么: what a worker types becomes a person's account; faults go back to their fields (P3).

Dates are typed as people remember them, without a day if need be; then the day that counts less is taken, so that the
answer never promises too much. Nothing here is kept.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from jiangheng.core.law.facts import SCHOOL_KINDS, TITLE_RANKS
from jiangheng.core.law.levels import LADDER, SPECIALTY
from jiangheng.core.law.person import Fault
from jiangheng.kernel.display import level_face
from jiangheng.kernel.spoken import spoken

MOST_ROWS = 30
NO_SCRIPT_ROWS = 3
SPARE = 999
"""The number of the row that the page's script copies; never sent."""
WHOLE = re.compile(r"(\d{4})(\d{2})(\d{2})?")
PARTED = re.compile(r"(\d{4})\D+(\d{1,2})(?:\D+(\d{1,2}))?\D*")
_PLACE = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?")


def written_day(text: str, *, on: dt.date, first: bool = False, plan: bool = False) -> str:
    """A day as ISO text from 19980301, 1998-3-1, 1998年3月 or 199803; text that is none of these comes back as it is.

    Without a day the last one of the month is meant (the first one if ``first``), never one after ``on`` unless the
    day is a ``plan``.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = WHOLE.fullmatch(plain) or PARTED.fullmatch(plain)
    if found is None:
        return plain
    year, month = int(found[1]), int(found[2])
    if found[3]:
        return f"{year:04}-{month:02}-{int(found[3]):02}"
    if not 1 <= month <= 12 or year < 1:
        return plain
    day = 1 if first else calendar.monthrange(year, month)[1]
    if not plan and (year, month) == (on.year, on.month):
        day = min(day, on.day)
    return f"{year:04}-{month:02}-{day:02}"


class Part(forms.Form):
    """Fields that are checked by the law, not by the form: it only brings what was typed and takes the faults."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].required = False

    def said(self, name: str) -> str:
        """What was typed, without blanks around it."""
        return str(self.data.get(self.add_prefix(name), "")).strip()

    @property
    def blank(self) -> bool:
        """Was nothing typed? Choices that have an answer from the start do not count."""
        return not any(self.said(name) for name in self.fields if name not in self.preset)

    preset: frozenset[str] = frozenset()
    title = ""


def _day(label: Any, hint: Any = "") -> forms.CharField:
    widget = forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "maxlength": 20})
    return forms.CharField(label=label, help_text=hint, max_length=200, widget=widget)


def _choice(label: Any, choices: Iterable[tuple[str, Any]], hint: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, help_text=hint, choices=list(choices))


def _occupation(hint: Any) -> forms.CharField:
    widget = forms.TextInput({"list": "occupations", "autocomplete": "off", "maxlength": 60})
    return forms.CharField(label=lazy("职业"), help_text=hint, max_length=200, widget=widget)


def _levels() -> list[tuple[str, str]]:
    return [(step.code, level_face(step.code)) for step in LADDER]


class Head(Part):
    """Who asks and what for."""

    occupation = _choice(lazy("想评哪个职业"), [])
    wish = _choice(lazy("想评到哪一级"), [])
    birth = _day(lazy("出生日期"), lazy("例如 1990年3月7日 填 19900307；只填到月（199003）也行"))

    def __init__(self, *args: Any, occupations: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["occupation"].choices = [("", _("全部职业")), *occupations]  # type: ignore[attr-defined]
        wishes = [("", _("每一级都看")), *_levels(), (SPECIALTY.code, level_face(SPECIALTY.code))]
        self.fields["wish"].choices = wishes  # type: ignore[attr-defined]


class More(Part):
    """What hardly anybody has, once each."""

    apprenticeship_ended = _day(lazy("学徒期满日期"), lazy("没有当过学徒的不填；还没期满的填预计日期"))
    preparatory_technician = _day(lazy("预备技师证书取得日期"), lazy("没有预备技师证书的不填"))


class Work(Part):
    """One stretch of work."""

    preset = frozenset({"related"})
    start = _day(lazy("从哪天起"), lazy("例如 201503 或 20150301"))
    end = _day(lazy("到哪天止"), lazy("还在做的不填"))
    occupation = _occupation(lazy("从列表里选；就是想评的职业，可以不填"))
    related = _choice(
        lazy("是不是想评的职业或它的相关职业"), [("yes", lazy("是")), ("no", lazy("不是"))],
        lazy("填了列表里的职业，以标准为准，这一格不起作用"),
    )  # fmt: skip


class Held(Part):
    """One certificate."""

    number = forms.CharField(
        label=lazy("证书编号"), max_length=200,
        help_text=lazy("22 位，老的职业资格证书 16 位；等级会自动读出，不记得可以不填"),
        widget=forms.TextInput(
            {"class": "code", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )  # fmt: skip
    level = _choice(lazy("等级"), [])
    occupation = _occupation(lazy("就是想评的职业，可以不填"))
    issued = _day(lazy("发证日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", _("按编号读出")), *_levels()]  # type: ignore[attr-defined]


class Study(Part):
    """One course of study."""

    kind = _choice(lazy("学校类别"), [])
    graduated = _day(lazy("毕业日期"), lazy("还在读的填预计毕业日期"))
    major_related = forms.BooleanField(label=lazy("学的是本专业或相关专业"))
    final_year = forms.BooleanField(label=lazy("现在是毕业学年（应届）"))
    programme = _choice(lazy("名单内的专业或班级"), [], lazy("只有列入全区名单的预备技师班和高职专业才要选"))

    def __init__(self, *args: Any, programmes: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(code, spoken(name)) for code, name in SCHOOL_KINDS.items()]
        self.fields["kind"].choices = [("", _("请选择")), *kinds]  # type: ignore[attr-defined]
        self.fields["programme"].choices = [("", _("不在名单内")), *programmes]  # type: ignore[attr-defined]


class Rank(Part):
    """One professional title."""

    rank = _choice(lazy("职称级别"), [])
    granted = _day(lazy("取得日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ranks = [(code, spoken(name)) for code, name in TITLE_RANKS.items()]
        self.fields["rank"].choices = [("", _("请选择")), *ranks]  # type: ignore[attr-defined]


@dataclass
class Section:
    """Rows of one kind. used: those in which something was typed, in the order of the account."""

    key: str
    label: str
    hint: str
    row_label: str
    forms: list[Part]
    spare: Part
    used: list[Part] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Is there something to see in it without being asked?"""
        return self.key == "history" or bool(self.used)


KINDS: Mapping[str, tuple[type[Part], Any, Any, Any]] = {
    "history": (
        Work,
        lazy("工作经历"),
        lazy("做过的每一段都填，时间重叠的不会重复计算。"),
        lazy("第 {n} 段工作"),
    ),
    "certificates": (Held, lazy("已有的证书"), lazy("职业技能等级证书、职业资格证书都算。"), lazy("第 {n} 本证书")),
    "education": (Study, lazy("学历"), lazy("技校、职校、大专和大学，毕业的和在读的都填。"), lazy("第 {n} 段学历")),
    "titles": (Rank, lazy("职称"), lazy("与想评的职业对应的专业技术职称。"), lazy("第 {n} 个职称")),
}


class Account:
    """The whole form, empty or with what was typed."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        on: dt.date,
        occupations: Sequence[tuple[str, str]],
        codes: Mapping[str, str],
        programmes: Sequence[tuple[str, str]] = (),
        start: Mapping[str, str] | None = None,
    ) -> None:
        self.on, self.codes = on, codes
        self.head = Head(data, occupations=occupations, initial=dict(start or {}))
        self.more = More(data)
        self.sections = [self._section(key, data, programmes) for key in KINDS]
        self.parts = [self.head, self.more, *(form for section in self.sections for form in section.forms)]
        for part in self.parts if data is not None else ():
            part.full_clean()

    def _section(self, key: str, data: Mapping[str, Any] | None, programmes: Sequence[tuple[str, str]]) -> Section:
        kind, label, hint, row_label = KINDS[key]
        more = {"programmes": programmes} if kind is Study else {}
        sent = sorted({int(found[1]) for name in data or () if (found := re.match(rf"{key}-(\d{{1,3}})-", name))})
        least = NO_SCRIPT_ROWS if key == "history" else 1
        numbers = sent[:MOST_ROWS] or list(range(least))
        rows = [kind(data, prefix=f"{key}-{number}", **more) for number in numbers]
        used = [row for row in rows if data is not None and not row.blank]
        # rows left empty are offered again, but not in front of those that were filled
        empty = [row for row in rows if row not in used] or [kind(prefix=f"{key}-{max(numbers) + 1}", **more)]
        spare = kind(prefix=f"{key}-{SPARE}", **more)
        for number, form in enumerate([*used, *empty, spare], start=1):
            form.title = str(row_label).format(n=number)
        return Section(key, str(label), str(hint), str(row_label), [*used, *empty], spare, used)

    @property
    def wanted(self) -> str:
        """The occupation asked for; "" for all."""
        return self.head.said("occupation")

    def raw(self) -> dict[str, Any]:
        """The account as core/law/person reads it."""
        found = {"birth": self._day(self.head, "birth"), "wish": self.head.said("wish")}
        found |= {name: self._day(self.more, name, plan=name == "apprenticeship_ended") for name in self.more.fields}
        rows = {section.key: [self._row(section.key, form) for form in section.used] for section in self.sections}
        return {key: value for key, value in (found | rows).items() if value not in ("", None)}

    def _day(self, part: Part, name: str, *, first: bool = False, plan: bool = False) -> str:
        return written_day(part.said(name), on=self.on, first=first, plan=plan)

    def _row(self, key: str, form: Part) -> dict[str, Any]:
        made = {"history": self._work, "certificates": self._held, "education": self._study, "titles": self._rank}
        return {name: value for name, value in made[key](form).items() if value not in ("", None)}

    def _work(self, form: Part) -> dict[str, Any]:
        start, end = self._day(form, "start"), self._day(form, "end", first=True)
        if end < start <= self._day(form, "end"):
            # a month that was begun and left in itself is a day of work, not a mistake
            end = start
        said = form.said("occupation")
        row: dict[str, Any] = {"start": start, "end": end, "occupation": said}
        # a claim is for work that the list does not know; of all occupations at once nobody can claim it
        if said not in self.codes and said not in self.codes.values() and (self.wanted or form.said("related") == "no"):
            row["related"] = form.said("related") != "no"
        return row

    def _held(self, form: Part) -> dict[str, Any]:
        said = {name: form.said(name) for name in ("number", "level", "occupation")}
        return {**said, "issued": self._day(form, "issued")}

    def _study(self, form: Part) -> dict[str, Any]:
        return {
            "kind": form.said("kind"),
            "graduated": self._day(form, "graduated", plan=True),
            "major_related": bool(form.said("major_related")),
            "final_year": bool(form.said("final_year")),
            "programme": form.said("programme"),
        }

    def _rank(self, form: Part) -> dict[str, Any]:
        return {"rank": form.said("rank"), "granted": self._day(form, "granted")}

    def gaps(self) -> list[Fault]:
        """What is missing only because all occupations are asked for: a certificate of the wished one is of none."""
        rows = next(section.used for section in self.sections if section.key == "certificates")
        bare = [place for place, form in enumerate(rows) if not self.wanted and not form.said("occupation")]
        return [Fault(f"certificates[{place}].occupation", "", "没有填写", "") for place in bare]

    def take(self, faults: Iterable[Fault]) -> None:
        """Put every fault at its field, once, however many standards found it."""
        told: set[tuple[str, str]] = set()
        for fault in faults:
            if (fault.place, fault.what) in told:
                continue
            told.add((fault.place, fault.what))
            part, name = self._place(fault.place)
            part.add_error(name, f"{spoken(fault.what)}{_('。')}{spoken(self._mend(fault, name))}")

    def _place(self, place: str) -> tuple[Part, str]:
        found = _PLACE.fullmatch(place)
        key, number, name = found.groups() if found else (place, None, None)
        if number is None:
            part = self.more if key in self.more.fields else self.head
            return part, key if key in part.fields else "birth"
        section = next(each for each in self.sections if each.key == key)
        row = section.used[int(number)]
        return row, name if name in row.fields else next(iter(row.fields))

    def _mend(self, fault: Fault, name: str) -> str:
        # the law's mend speaks of the fields of JSON; here there are choices to make
        if name == "occupation" and not self.wanted:
            return _("看全部职业时，这里要写清是什么职业，从列表里选。")
        if name in ("start", "end", "issued", "granted", "birth") and "不是日期" in fault.what:
            return _("请写成 20260901 这样的日期，只记得年月的写 202609。")
        return fault.mend

    def errors(self) -> list[dict[str, str]]:
        """Every fault with the field it belongs to, for the list on top."""
        found = []
        for part, label in self._labelled():
            for name, told in part.errors.items():
                bound = part[name]
                for each in told:
                    title = " ".join(filter(None, (label, str(bound.label))))
                    found.append({"at": bound.id_for_label, "label": title, "told": str(each)})
        return found

    def _labelled(self) -> Iterable[tuple[Part, str]]:
        yield self.head, ""
        yield self.more, ""
        for section in self.sections:
            yield from ((form, form.title) for form in section.forms)
