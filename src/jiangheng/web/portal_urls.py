"""The public portal, the candidate's own pages and the examination's doors; included by the root table."""

from __future__ import annotations

from django.urls import path

from . import candidate, exam, objections, portal, verification

urlpatterns = [
    path("", portal.home, name="portal"),
    path("verify", verification.verify, name="verify"),
    path("announcements", portal.announcements, name="announcements"),
    path("announcements/<int:pk>", portal.announcement, name="announcement"),
    path("announcements/<int:pk>/publicity", portal.publicity, name="publicity"),
    path("announcements/<int:pk>/objection", objections.raise_one, name="objection"),
    path("announcements/<int:pk>/apply", candidate.apply, name="apply"),
    path("objections", objections.look_up, name="objections"),
    path("institutions", portal.directory, name="institutions"),
    path("institutions/<int:pk>", portal.institution, name="institution"),
    path("register", candidate.register, name="register"),
    path("my", candidate.mine, name="my"),
    path("my/<int:pk>", candidate.application, name="my_application"),
    path("my/<int:pk>/ticket", candidate.ticket, name="my_ticket"),
    path("my/<int:pk>/certificate", candidate.certificate, name="my_certificate"),
    path("exam", exam.mine, name="exam"),
    path("exam/", exam.mine),
    path("exam/<int:pk>/admit", exam.admit, name="exam_admit"),
    path("exam/<int:pk>/paper", exam.paper, name="exam_paper"),
    path("exam/<int:pk>/done", exam.done, name="exam_done"),
]
