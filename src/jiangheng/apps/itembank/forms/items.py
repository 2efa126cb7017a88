"""One item as its steps take it: the whole content as data, checked as one."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiangheng.core.exam import item_data, items
from jiangheng.kernel.forms import Reason, StepForm
from jiangheng.kernel.spoken import spoken

from .. import queries
from ..models import Item


class ItemContent(StepForm):
    """The content of an item: core.exam.item_data's form. The editor's page writes it; so does any program."""

    data = forms.JSONField(label=_("试题"), widget=forms.Textarea({"rows": 12}))  # type: ignore[assignment]

    # neither as it was given nor as it was read
    private = frozenset({"data", "content"})

    def prepare(self) -> None:
        self.bank = self.thing.bank if self.thing.bank_id else self.thing.under
        if self.thing.pk and not self.is_bound:
            self.fields["data"].initial = item_data.to_data(self.content())

    def content(self) -> items.Item:
        """The content of a written item, to be changed; whoever opens the form reads it."""
        return self.thing.content  # type: ignore[no-any-return]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if self.errors:
            return found
        try:
            content = item_data.from_data(found["data"])
        except ValueError as bad:
            self.add_error("data", spoken(str(bad)))
            return found
        point = next((row for row in self.bank.points if row["code"] == content.point), None)
        if point is None:
            self.add_error("data", _("鉴定点不在本题库的要素细目表中，请选择表中的鉴定点"))
            # said once; everything else that is wrong is said with it
            point = {"code": "-", "range": "-", "importance": "X"}
        content = replace(content, point=point["code"], range_code=point["range"], importance=point["importance"])
        for problem in items.check_item(content):
            self.add_error(None, spoken(problem))
        if lacking := queries.pictures_lacking(self.bank, content):
            self.add_error("data", _("有 {n} 张图片不在本题库中，请重新上传图片").format(n=lacking))
        self._code(content)
        # a code that is the item's own is said by the checks of its content
        strange = queries.strange_codes(self.bank, (code for code in content.enemies if code != content.code))
        if strange:
            said = _("互斥试题 {codes} 不在本题库中，请改正题号或删去")
            self.add_error("data", said.format(codes=_("、").join(strange)))
        found["content"] = content
        return found

    def _code(self, content: items.Item) -> None:
        if self.thing.pk and content.code != self.thing.code:
            self.add_error("data", _("题号不能更改"))
        if self.thing.pk and content.kind != self.thing.kind and queries.was_stocked(self.thing):
            # papers and figures of the past count an item among those of its kind
            self.add_error("data", _("入过库的试题不能改题型，请停用本题，另命一题"))
        if not self.thing.pk and Item.everywhere.filter(bank=self.bank, code=content.code).exists():
            self.add_error("data", _("题号已存在，请换一个"))


class TakenContent(ItemContent):
    """An item of an intake. Its file has been checked as a whole, codes and points included; ``proof`` says so."""

    proof = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = forms.Form.clean(self) or {}
        if self.errors:
            return found
        if not hmac.compare_digest(found.pop("proof"), queries.proof_of(self.bank, found["data"])):
            self.add_error(None, _("试题须随导入文件带入，请上传试题文件后确认导入"))
            return found
        found["content"] = item_data.from_data(found["data"])
        return found


SAID_OPENLY = _("理由会记入留痕并原样给对方看，不加密：请写明哪里不符合、如何改正，不要抄写题目和答案")


class Why(Reason):
    """A reason about an item. The trail keeps it as it is written, the item it keeps sealed."""

    def prepare(self) -> None:
        self.fields["reason"].help_text = SAID_OPENLY


class Kept(StepForm):
    """Why an item that was put into the review queue stays as it is."""

    opinion = forms.CharField(
        label=_("复核意见"), min_length=4, max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text=_("请写明核对了什么、为什么保留；不要抄写题目和答案"),
    )  # fmt: skip


class Flagged(StepForm):
    """What a measurement found on an item. The sentences may quote the answer: they are not for the trail."""

    reasons = forms.JSONField(label=_("原因"))
    figures = forms.JSONField(label=_("数据"), required=False)

    private = frozenset({"reasons", "figures"})
