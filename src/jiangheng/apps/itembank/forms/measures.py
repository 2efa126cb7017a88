"""What is collected of a sitting."""

from __future__ import annotations

from django import forms

from jiangheng.kernel.forms import StepForm


class Collected(StepForm):
    """The answers of a session on one paper, without anything that names a candidate.

    Each sheet: ``{"sitting", "person" (keyed hash), "at", "mark", "groups", "answers"}``; answers by item code:
    ``{"v": version, "given": [tokens], "mark": share of the marks, "letters": whether the tokens are option letters}``.
    """

    session = forms.IntegerField()
    sheets = forms.JSONField()

    private = frozenset({"sheets"})
