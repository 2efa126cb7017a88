"""Sentences that are kept and read later by somebody else, each in the reader's own language (clause P1).

A finding is written in the language of whoever brought the file in, and read by a reviewer in another. So what is kept
is not the sentence but its source and what filled its places; `again` says it anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext

from .spoken import spoken

Kept = str | Mapping[str, Any] | Sequence[Any]
"""What JSON holds of a text: itself, ``{"said", "given"?, "percent"?}``, or the pieces it was put together of."""


class Said(str):
    """A sentence in the present language that still knows how it was made; `form` is what is kept of it."""

    __slots__ = ("form",)
    form: Kept

    def __mod__(self, given: Any) -> Said:
        return _made(str.__mod__(self, given), {**self._source(), "given": _values(given), "percent": True})

    def format(self, *args: object, **given: object) -> Said:  # type: ignore[override]
        """As of any text, by names alone."""
        if args:
            raise TypeError("places of a kept sentence have names")
        return _made(str.format(self, **given), {**self._source(), "given": _values(given)})

    def __add__(self, other: str) -> Said:
        return _made(str.__add__(self, other), [self.form, kept(other)])

    def __radd__(self, other: str) -> Said:
        return _made(str.__add__(other, self), [kept(other), self.form])

    def __str__(self) -> str:
        # an exception's words are asked for by str(): they are to stay what they are
        return self

    def _source(self) -> Mapping[str, Any]:
        if not isinstance(self.form, Mapping):
            raise TypeError("what was put together of several texts has no places to fill")
        return self.form


def said(source: str) -> Said:
    """The text in the present language; in the place of ``gettext``, whose name callers give it."""
    return _made(gettext(source), {"said": source})


def _made(text: str, form: Kept) -> Said:
    made = Said(text)
    made.form = form
    return made


def _values(given: Any) -> dict[str, Any]:
    return {name: each if isinstance(each, int | float) else kept(each) for name, each in given.items()}


def kept(text: object) -> Kept:
    """What is kept of a text; of one that core said, and of any other, itself."""
    return text.form if isinstance(text, Said) else str(text)


def again(form: Kept) -> str:
    """A kept text in the present language."""
    if isinstance(form, str):
        return spoken(form)
    if not isinstance(form, Mapping):
        return "".join(map(again, form))
    source = gettext(form["said"])
    if "given" not in form:
        return source
    given = {name: each if isinstance(each, int | float) else again(each) for name, each in form["given"].items()}
    return source % given if form.get("percent") else source.format(**given)
