"""What follows when a result is annulled: its certificate is void (clauses W5, W10)."""

from __future__ import annotations

from jiangheng.core.authority import SYSTEM
from jiangheng.core.steps import follow, step_of
from jiangheng.kernel.perform import perform

from .models import Certificate


@follow("result.annul")
def void_the_certificate_of_an_annulled_result(thing: int, entry: int) -> None:
    """By the reason the centre gave; a certificate that is void already stays as it is."""
    found = Certificate.everywhere.filter(result=thing).exclude(state="void").select_related("result").first()
    if found is not None:
        given = {"reason": found.result.annul_reason}
        perform(step_of("certificate.void"), found.pk, actor=SYSTEM, given=given)
