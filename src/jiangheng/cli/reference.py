"""docs/reference, written from the declarations: process, permissions, clauses, settings, parameters (clause K10).

The pages are tracked, so that a change of a declaration is read in the same review; `jiangheng docs --check` fails when
a page and the code disagree. Labels are taken in the source language, whatever the terminal's.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.utils import translation

from jiangheng.config import Config
from jiangheng.core.authority import Role
from jiangheng.core.law.parameters import all_parameters
from jiangheng.core.notice import CLAUSES
from jiangheng.core.steps import FLOWS, NOTHING, Flow, Step, step_of
from jiangheng.kernel.perform import model_of

from . import clauses

FOLDER = clauses.CHECKOUT / "docs" / "reference"
_NOTE = "<!-- Written by `make docs` from the declarations; do not edit. -->"


def write() -> list[str]:
    """Write every page that is not as it should be; their paths."""
    changed = stale()
    texts = {str(path): text for path, text in _pages()}
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in changed:
        (clauses.CHECKOUT / path).write_text(texts[path], encoding="utf-8")
    return changed


def stale() -> list[str]:
    """The pages that differ from the declarations, or are missing."""
    return [
        str(path)
        for path, text in _pages()
        if not (clauses.CHECKOUT / path).is_file() or (clauses.CHECKOUT / path).read_text(encoding="utf-8") != text
    ]


def row(step: Step) -> dict[str, Any]:
    """A step in one row of text, for the terminal and for other programs."""
    with translation.override("zh-hans"):
        return {
            "step": step.code,
            "label": str(step.label),
            "from": " ".join(_states(step.source)),
            "to": step.target,
            "who": " ".join(_roles(step.who)),
            "clause": step.clause,
            "rules": " ".join(rule.name for rule in step.requires),
            "due": _due(step),
        }


def _pages() -> list[tuple[Path, str]]:
    pages: dict[str, tuple[str, Callable[[], Iterable[str]]]] = {
        "process": ("流程 · Process", _process),
        "permissions": ("权限 · Permissions", _permissions),
        "clauses": ("条款对照 · Clauses", _clauses),
        "config": ("设置 · Settings", _config),
        "parameters": ("规则参数 · Parameters", _parameters),
    }
    with translation.override("zh-hans"):
        return [
            (Path("docs/reference") / f"{name}.md", "\n".join([f"# {title}", "", _NOTE, "", *lines()]).rstrip() + "\n")
            for name, (title, lines) in pages.items()
        ]


def _process() -> Iterable[str]:
    yield "每类事项的状态与步骤。步骤的全部规则见 `jiangheng steps`；方框为状态，箭头为步骤（括号内为条款）。"
    for flow in FLOWS.values():
        yield from ("", f"## {flow.label} `{flow.name}`", "", "```mermaid", "stateDiagram-v2")
        yield from _diagram(flow)
        yield from ("```", "", _cells("步骤", "代码", "由 → 到", "条件", "须另一人", "时限", "通知"), "|" + "---|" * 7)
        for step in flow.steps.values():
            where = f"{'、'.join(_states(step.source)) or '—'} → {step.target}"
            rules = "、".join(f"`{rule.name}`" for rule in step.requires)
            tells = "、".join(_role_label(role) for role in step.tells)
            others = "、".join(str(step_of(step.other_code(name)).label) for name in step.other_than)
            yield _cells(step.label, f"`{step.code}`", where, rules, others, _due(step), tells)


def _diagram(flow: Flow) -> Iterable[str]:
    labels = dict(model_of(flow.name).STATES)
    for state, label in labels.items():
        yield f'    state "{label}" as {state}'
    for step in flow.steps.values():
        for source in sorted(step.source):
            yield f"    {source or '[*]'} --> {step.target}: {step.label}（{step.clause}）"
    for state in sorted(flow.final):
        yield f"    {state} --> [*]"


def _permissions() -> Iterable[str]:
    yield "谁可以办理哪一步。一次授权是（角色，范围）；范围之外的事项看不见，范围之内而角色不符的办不了。"
    for flow in FLOWS.values():
        roles = [role for role in Role if any(role in step.who for step in flow.steps.values())]
        yield from ("", f"## {flow.label} `{flow.name}`", "")
        yield _cells("步骤", *(_role_label(role) for role in roles))
        yield _cells("---", *(":-:" for _ in roles))
        for step in flow.steps.values():
            yield _cells(f"{step.label} `{step.name}`", *("●" if role in step.who else "" for role in roles))


def _clauses() -> Iterable[str]:
    yield "通知的每一条款，以及实现和检验它的代码。“由”一栏是带来它的工作：`later` 表示尚未开始。"
    for clause in CLAUSES.values():
        yield from ("", f"## {clause.id} {clause.place} {clause.title}", "", f"由：{clause.brought_by}", "")
        for cited in clauses.citations(clause.id):
            path, _, line = cited.where.rpartition(":")
            yield f"- {cited.kind} `{cited.name}` [{path}:{line}](../../{path}#L{line})"


def _config() -> Iterable[str]:
    yield "环境变量，或数据目录中 `jiangheng.toml` 的同名小写项；环境变量优先。"
    yield from ("", "| 环境变量 | jiangheng.toml | 默认值 | 含义 |", "|---|---|---|---|")
    for each in dataclasses.fields(Config):
        yield _cells(
            f"`JIANGHENG_{each.name.upper()}`", f"`{each.name}`", _default(each), str(each.metadata["meaning"])
        )


def _default(each: dataclasses.Field[Any]) -> str:
    if each.name == "home":
        # the default is relative to where the command is given: a page must not show one machine's folder
        return "`.jiangheng`"
    value = each.default_factory() if each.default_factory is not dataclasses.MISSING else each.default
    return f"`{json.dumps(value, ensure_ascii=False, default=list)}`"


def _parameters() -> Iterable[str]:
    yield "通知未定死的数字都在这里，可在 `jiangheng.toml` 的 `[rules]` 表中改。"
    yield "把握：sure 有明文，likely 有通行做法，guess 为建议值。"
    yield from ("", "| 键 | 含义 | 默认 | 单位 | 最小 | 把握 | 来源 | 条款 |", "|---|---|--:|---|--:|---|---|---|")
    for each in all_parameters():
        yield _cells(
            f"`{each.key}`", each.label, each.default, each.unit, each.least, each.certainty, each.source, each.clause
        )


def _cells(*values: Any) -> str:
    return "| " + " | ".join(str(value).replace("|", "\\|") for value in values) + " |"


def _states(source: frozenset[str]) -> list[str]:
    return sorted(state for state in source if state != NOTHING)


def _roles(who: frozenset[Role]) -> list[str]:
    return [role.value for role in Role if role in who]


def _role_label(role: Role) -> str:
    from jiangheng.apps.offices.queries import ROLE_LABELS

    return str(ROLE_LABELS[role])


def _due(step: Step) -> str:
    if step.due is None:
        return ""
    after = "、".join(name for name in FLOWS[step.flow].steps if name in step.due.after)
    place = f"{after} 之后" if after else f"{step.due.moment} {'之前' if step.due.before else '之后'}"
    return f"{place} {step.due.parameter}"
