"""What a step asks: a form whose choices are limited to what the actor reaches; also the API's input schema."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.apps import apps
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jiangheng.core.authority import Actor
from jiangheng.core.errors import Refusal

from .scoping import Scoped


class _Reached:
    """The part both kinds of choice share: a scoped model (class, or label of another room's model) and its labels."""

    def __init__(self, model: type[Scoped] | str, *, label_of: Any = str, **kwargs: Any) -> None:
        self.scoped_model = model
        self.label_of = label_of
        super().__init__(queryset=None, **kwargs)  # type: ignore[call-arg]

    def rows(self, actor: Actor) -> Any:
        """Everything the actor may choose among, before the form narrows it."""
        model: Any = apps.get_model(self.scoped_model) if isinstance(self.scoped_model, str) else self.scoped_model
        return model.visible(actor)

    def label_from_instance(self, obj: Any) -> str:
        return str(self.label_of(obj))


_BARE = "---------"
"""What the framework writes where nothing is chosen yet."""


class ReachedChoice(_Reached, forms.ModelChoiceField):
    """A choice among rows of a scoped model; StepForm narrows it to the actor's reach before anything is shown."""


class ReachedChoices(_Reached, forms.ModelMultipleChoiceField):
    """Several of them."""


_SAID = {
    "required": _("没有填写，请填写或选择后再提交"),
    "min_length": _("写得太短：至少 %(limit_value)d 个字，现在是 %(show_value)d 个"),
    "max_length": _("写得太长：最多 %(limit_value)d 个字，现在是 %(show_value)d 个"),
    "min_value": _("数值太小：不能小于 %(limit_value)s"),
    "max_value": _("数值太大：不能大于 %(limit_value)s"),
}
"""The framework's own errors in the house's words."""


class StepForm(forms.Form):
    """Base of every form of a step. Knows the thing and the actor; refuses with the field's name."""

    required_css_class = "required"
    private: ClassVar[frozenset[str]] = frozenset()
    """Fields that never enter the trail, not even its private part (passwords, identity numbers, telephones)."""
    about: ClassVar[Any] = ""
    """What filling it in does and why, in a sentence or two above the fields; "" where the label says it."""

    def __init__(self, *args: Any, thing: Any, actor: Actor, step: Any = None, **kwargs: Any) -> None:
        self.thing, self.actor, self.step = thing, actor, step
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.error_messages |= _SAID
            if isinstance(field, ReachedChoice) and field.empty_label == _BARE:
                field.empty_label = gettext("请选择")
            if isinstance(field, ReachedChoice | ReachedChoices):
                field.queryset = self.narrow(name, field.rows(actor))
        self.prepare()

    def prepare(self) -> None:
        """Set choices and initial values that depend on the thing."""

    def narrow(self, name: str, rows: Any) -> Any:
        """Limit the reachable rows of a choice further (only this batch's rooms)."""
        return rows

    def refusals(self) -> list[Refusal]:
        """The form's errors in the one shape refusals have."""
        found = []
        told = gettext("{label}：{error}")
        for name, errors in self.errors.items():
            label = str(self.fields[name].label or name) if name in self.fields else ""
            for error in errors:
                found.append(
                    Refusal(
                        told.format(label=label, error=error) if label else str(error),
                        field="" if name == "__all__" else name,
                    )
                )
        return found


class Opinion(StepForm):
    """An opinion that may be left empty."""

    opinion = forms.CharField(label=_("意见"), max_length=500, required=False, widget=forms.Textarea({"rows": 3}))


class Reason(StepForm):
    """A reason that must be given, because another person has to act on it."""

    reason = forms.CharField(
        label=_("理由"),
        min_length=4,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("请写明哪里不符合、依据什么、如何改正；对方会原样看到"),
    )


_TYPES: dict[type[forms.Field], dict[str, str]] = {
    forms.IntegerField: {"type": "integer"},
    forms.BooleanField: {"type": "boolean"},
    forms.DateTimeField: {"type": "string", "format": "date-time"},
    forms.DateField: {"type": "string", "format": "date"},
    forms.DecimalField: {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    forms.FileField: {"type": "string", "format": "binary"},
}


def schema(form: type[StepForm] | None) -> dict[str, Any]:
    """The JSON schema of a form's input, for the API's description."""
    if form is None:
        return {"type": "object", "properties": {}, "additionalProperties": False}
    properties: dict[str, Any] = {}
    required = []
    for name, field in form.base_fields.items():
        kind: dict[str, Any] = next(
            (dict(found) for base, found in _TYPES.items() if isinstance(field, base)), {"type": "string"}
        )
        if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
            kind = {"type": "array", "items": {"type": "string"}}
        elif isinstance(field, forms.ModelChoiceField):
            kind = {"type": "integer"}
        properties[name] = {**kind, "title": str(field.label or name)}
        if field.required:
            required.append(name)
    return {"type": "object", "properties": properties, "required": required}
