"""What the page's script edits in place of JSON: an element table, a plan of composition (clauses K7, K9, K13).

The fields stay what the steps take. Without the script a table is uploaded and a plan is its text.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.forms.widgets import Script
from django.utils.translation import gettext as _


class Carrier(forms.Textarea):
    """Data the page's script writes. A text area, for drafts are kept of those; never seen."""

    input_type = "hidden"

    def __init__(self) -> None:
        super().__init__({"hidden": True})


class _Editor(forms.Textarea):
    """A field with an editor over it. ``given``: what the editor is told; ``faults``: where the server found what."""

    use_fieldset = True
    given: ClassVar[dict[str, Any]] = {}
    faults: ClassVar[list[dict[str, str]]] = []

    class Media:
        css: ClassVar = {"all": ["built/bank.css"]}
        js: ClassVar = [Script("built/bank.js", defer=True)]

    def words(self) -> dict[str, str]:
        """What the editor says, in the reader's language."""
        raise NotImplementedError

    def format_value(self, value: Any) -> Any:
        # a JSON field writes "nothing yet" as null, which is no text to begin with
        return "" if value in (None, "null") else super().format_value(value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        # the fieldset around it has the field's own id
        context["widget"]["attrs"]["id"] = f"{name}-data"
        context["told"] = {**self.given, "faults": self.faults, "words": self.words()}
        return context


class TableEditor(_Editor):
    """The ranges of an element table; the points are in the field beside it."""

    template_name = "itembank/table_editor.html"

    def words(self) -> dict[str, str]:
        return _shared_words() | _table_words()


class PlanEditor(_Editor):
    """A plan of composition."""

    template_name = "itembank/plan_editor.html"

    def words(self) -> dict[str, str]:
        return _shared_words() | _plan_words()


class TableFile(forms.FileInput):
    """A file with an element table, and the way to the workbook that is to be filled."""

    template_name = "itembank/table_file.html"
    address = "/banks/table.xlsx"
    present = False

    def __init__(self) -> None:
        super().__init__({"accept": ".xlsx,.toml"})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        return context | {"address": self.address, "present": self.present}


def _shared_words() -> dict[str, str]:
    return {
        "up": _("上移"), "down": _("下移"), "remove": _("删除"), "undo": _("撤销"), "colon": _("："),
        "removed": _("已删除“{name}”"), "unnamed": _("未命名"), "code": _("代码"), "name": _("名称"),
        "weight": _("权重"), "range": _("鉴定范围"), "total": _("合计"), "fine": _("没有发现问题"),
        "found": _("{n} 处需要改正"), "sum": _("合计 {n}"), "even": _("合计 {n}，相符"),
        "lacks": _("合计 {n}，还差 {by}"), "over": _("合计 {n}，多了 {by}"), "more": _("另有 {n} 处"),
    }  # fmt: skip


def _table_words() -> dict[str, str]:
    return {
        "level1": _("一级范围"), "level2": _("二级范围"), "level3": _("三级范围"), "point": _("鉴定点"),
        "importance": _("重要程度"), "X": _("X 核心"), "Y": _("Y 一般"), "Z": _("Z 辅助"), "percent": _("权重（%）"),
        "addTop": _("添加一级范围"), "addBelow": _("添加下级范围"), "addPoint": _("添加鉴定点"),
        "points": _("鉴定点 {n} 个"), "items": _("{n} 题"), "openAll": _("全部展开"), "closeAll": _("全部收起"),
        "first": _("一级权重"), "below": _("下级权重"), "suggests": _("{n} 处可以补充"),
        "empty": _("还没有鉴定范围。请添加，或在上面上传 Excel 文件。"),
        "hint": _("Alt+↑、Alt+↓ 移动所在的行。从 Excel 或 Word 复制的多行鉴定点，可直接粘贴到代码或名称格。"),
        "sumOf": _("一级权重合计为 {n}，应为 100"), "sumBelow": _("{code} 的下级权重合计为 {n}，应为 {whole}"),
        "noWeight": _("{code} 的权重应为大于 0 的数"), "noCode": _("有一行没有代码：{name}"),
        "noName": _("{code} 没有名称"), "twice": _("代码 {code} 用了 {n} 次"),
        "held": _("{code} 下原有 {n} 道试题；删去或改了代码，这些试题就不属于任何鉴定点"),
        "noPoints": _("{code} {name} 还没有鉴定点"),
        "few": _("{code} {name}：有 {n} 个鉴定点，按权重一般不少于 {least} 个"),
        "fewer": _("共 {n} 个鉴定点，一般不少于 {least} 个"),
        "shareLeast": _("{letter} 占 {n}%，一般不少于 {limit}%"),
        "shareMost": _("{letter} 占 {n}%，一般不多于 {limit}%"),
    }  # fmt: skip


def _plan_words() -> dict[str, str]:
    return {
        "kinds": _("题型构成"), "kind": _("题型"), "count": _("题数"), "marks": _("每题分值"),
        "subtotal": _("小计"), "held": _("题库现有"), "addKind": _("添加题型"), "size": _("{n} 题"),
        "points": _("{n} 分"), "head": _("时间与分数"), "minutes": _("考试时间（分钟）"),
        "passMark": _("及格分"), "perItem": _("平均每题 {n} 分钟"), "mode": _("组卷方式"), "papers": _("套数"),
        "ranges": _("各鉴定范围"), "byTable": _("按要素细目表的权重分配题数"), "byPlan": _("本计划另行规定"),
        "fixed": _("指定题数"), "fixedHelp": _("不指定的按权重分配"), "works": _("每卷题数"),
        "difficulty": _("难度分布"), "importance": _("重要程度分布"), "free": _("不限"), "byCounts": _("按题数"),
        "byShares": _("按比例"), "byBounds": _("按上下限"), "tolerance": _("允许偏差（题）"), "least": _("最少"),
        "most": _("最多"), "share": _("比例"), "easy": _("1 易"), "hard": _("5 难"), "X": _("X 核心"),
        "Y": _("Y 一般"), "Z": _("Z 辅助"), "between": _("卷与卷之间"), "overlap": _("任两卷相同题数上限"),
        "exposureCap": _("试题累计使用次数上限"), "perPoint": _("同一鉴定点最多题数"),
        "uses": _("一次组卷中每题最多用于几卷"), "usual": _("不填按默认值 {n}"), "usualFree": _("不填不限"),
        "kept": _("本计划另有下列设置，保存时原样保留：{names}"), "asText": _("以文本编辑"),
        "asForm": _("以表格编辑"), "cells": _("范围与题型的交叉配额"), "enemies": _("互斥试题"),
        "avoid": _("避开的试题"), "target": _("信息量目标"), "seconds": _("预计用时上限"), "other": _("其他"),
        "noKinds": _("还没有题型，请添加"), "notWhole": _("{name}应为不小于 {least} 的整数"),
        "notMarks": _("{kind}的每题分值应大于 0"), "twice": _("{kind}写了两行，请合并"),
        "fullMarks": _("各题型小计为 {n} 分，应为 100 分"), "badPass": _("及格分应大于 0、不超过 100"),
        "tooFew": _("{kind}需要 {n} 题，题库现有 {held} 题"), "rangeFew": _("{code} 需要 {n} 题，题库现有 {held} 题"),
        "overGiven": _("指定的题数合计 {n}，超过全卷 {size} 题"), "splitSum": _("{name}合计 {n} 题，应为 {size} 题"),
        "splitRoom": _("{name}合计 {least} 至 {most} 题，装不下全卷 {size} 题"),
        "badText": _("文本不是合格的 JSON，请改正后再切换"),
    }  # fmt: skip
