"""The story of one evaluation: from a filed enterprise to certificates, played through the steps (demo and test)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings

from jiangheng.kernel.perform import model_of

from . import city, roster
from .afterwards import open_ends
from .colleges import colleges
from .evaluation import evaluation
from .foundation import Report, foundation, quiet
from .routes import routes

DONE = "demo.json"


def built() -> bool:
    """Has this home folder a finished demonstration city?"""
    return (Path(settings.HOME) / DONE).is_file()


def build(*, seed: int = 1, report: Report = quiet) -> dict[str, Any]:
    """Play the whole story into an empty installation; what came of it, as plain data."""
    things = foundation(report=report)
    routes(things, seed=seed, report=report)
    colleges(things, seed=seed, report=report)
    batch = evaluation(things, seed=seed, report=report)
    tickets = open_ends(things, seed=seed, report=report)
    result = {**summary(batch), "exam_log_ins": [{"ticket": ticket, "identity": tickets[ticket]} for ticket in tickets]}
    (Path(settings.HOME) / "demo-roster.xlsx").write_bytes(roster.workbook(seed=seed))
    (Path(settings.HOME) / DONE).write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    return result


def summary(batch: Any) -> dict[str, Any]:
    """What the story came to."""
    certificates = list(
        model_of("certificate")
        .everywhere.filter(result__application__batch=batch)
        .order_by("number")
        .values_list("number", flat=True)
    )
    sheet = model_of("roster").everywhere.filter(batch=batch).get()
    first = model_of("certificate").everywhere.filter(result__application__batch=batch).order_by("number").first()
    return {
        "institutions": model_of("institution").everywhere.count(),
        "plans": model_of("batch").everywhere.count(),
        "candidates": batch.applications.count(),
        "refused_rows": sheet.rows - sheet.taken,
        "refused_applications": batch.applications.filter(state="refused").count(),
        "certificates": certificates,
        "verify_url": f"{settings.CONFIG.public_url}/verify?number={certificates[0]}",
        "verify_name": first.name,
        "log_ins": [{"username": row[0], "unit": row[1], "roles": row[2]} for row in city.log_ins()],
        "password": city.PASSWORD,
    }
