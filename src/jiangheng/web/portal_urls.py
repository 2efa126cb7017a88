"""The public portal, the candidate's own pages and the examination's doors; included by the root table."""

from __future__ import annotations

from django.urls import path

from . import attempt, candidate, exam, objections, paths, portal, recognitions, standards, verification

urlpatterns = [
    path("", portal.home, name="portal"),
    path("paths", paths.paths, name="paths"),
    path("verify", verification.verify, name="verify"),
    path("announcements", portal.announcements, name="announcements"),
    path("announcements/<int:pk>", portal.announcement, name="announcement"),
    path("announcements/<int:pk>/publicity", portal.publicity, name="publicity"),
    path("announcements/<int:pk>/objection", objections.raise_one, name="objection"),
    path("announcements/<int:pk>/apply", candidate.apply, name="apply"),
    path("recognitions", recognitions.listing, name="recognitions"),
    path("recognitions/<int:pk>", recognitions.recognition, name="recognition"),
    path("recognitions/<int:pk>/objection", objections.raise_on_recognition, name="recognition_objection"),
    path("objections", objections.look_up, name="objections"),
    path("institutions", portal.directory, name="institutions"),
    path("institutions/<int:pk>", portal.institution, name="institution"),
    path("occupations", standards.occupations, name="occupations"),
    path("occupations.xlsx", standards.occupations_workbook, name="occupations_xlsx"),
    path("standards", standards.listing, name="standards"),
    path("standards/catalogue-template.xlsx", standards.catalogue_template, name="catalogue_template"),
    path("standards/<int:pk>", standards.standard, name="standard"),
    path("standards/<int:pk>/compare", standards.compare, name="standards_compare"),
    path("standards/<int:pk>/standard.pdf", standards.paper, name="standards_pdf"),
    path("standards/<int:pk>/standard.toml", standards.text, name="standards_toml"),
    path("register", candidate.register, name="register"),
    path("my", candidate.mine, name="my"),
    path("my/<int:pk>", candidate.application, name="my_application"),
    path("my/<int:pk>/ticket", candidate.ticket, name="my_ticket"),
    path("my/<int:pk>/certificate", candidate.certificate, name="my_certificate"),
    path("exam", exam.mine, name="exam"),
    path("exam/", exam.mine),
    path("exam/<int:pk>/admit", exam.admit, name="exam_admit"),
    path("exam/<int:pk>/paper", exam.paper, name="exam_paper"),
    path("exam/<int:pk>/result", attempt.result, name="exam_result"),
    path("exam/<int:pk>/receipt.json", attempt.receipt, name="exam_receipt"),
    path("exam/<int:pk>/attempt.json", attempt.bundle, name="exam_attempt"),
    path("exam/<int:pk>/done", exam.done, name="exam_done"),
]
