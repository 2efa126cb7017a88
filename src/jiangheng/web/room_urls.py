"""The addresses of the rooms' special pages. They stand before the desk's, which takes any other word for a step."""

from __future__ import annotations

from django.urls import path

from .room_pages import documents, editor, material, photos, results, roster, score, seats, standards, watch

urlpatterns = [
    path("batches/template.xlsx", roster.template, name="roster_template"),
    path("d/roster/<int:pk>/preview", roster.preview, name="roster_preview"),
    path("d/roster/<int:pk>/marked.xlsx", roster.marked, name="roster_marked"),
    path("d/photopack/<int:pk>/preview", photos.preview, name="photos_preview"),
    path("d/photopack/<int:pk>/underway", photos.how_far, name="photos_underway"),
    path("d/application/<int:pk>/ticket.pdf", documents.ticket, name="ticket_pdf"),
    path("d/application/<int:pk>/photo", documents.photo, name="photo"),
    path("d/batch/<int:pk>/tickets.pdf", documents.tickets, name="tickets_pdf"),
    path("d/batch/<int:pk>/doors.pdf", documents.doors, name="doors_pdf"),
    path("d/batch/<int:pk>/signin.pdf", documents.sign_in, name="signin_pdf"),
    path("d/batch/<int:pk>/seating", seats.seating, name="seating"),
    path("d/batch/<int:pk>/results", results.summary, name="results"),
    path("d/batch/<int:pk>/results.xlsx", results.export, name="results_xlsx"),
    path("d/session/<int:pk>/room", watch.room, name="room"),
    path("d/session/<int:pk>/seat/<int:sitting>", watch.seat, name="seat"),
    path("d/sheet/<int:pk>/score", score.score, name="score"),
    path("d/certificate/<int:pk>/certificate.pdf", documents.certificate, name="certificate_pdf"),
    path("d/nominee/<int:pk>/material", material.material, name="material"),
    path("d/nominee/<int:pk>/material/<slug:name>", material.paper, name="material_paper"),
    path("d/catalogue/<int:pk>/catalogue.xlsx", standards.catalogue, name="catalogue_xlsx"),
    path("d/standard/<int:pk>/compare", standards.compare, name="standard_compare"),
    path("d/standard/<int:pk>/standard.pdf", standards.paper, name="standard_pdf"),
    path("d/standard/<int:pk>/standard.toml", standards.text, name="standard_toml"),
    path("d/standard/new/edit", editor.begin, {"flow": "standard"}, name="standard_new"),
    path("d/standard/<int:pk>/edit", editor.edit, {"flow": "standard"}, name="standard_edit"),
    path("d/specification/new/edit", editor.begin, {"flow": "specification"}, name="specification_new"),
    path("d/specification/<int:pk>/edit", editor.edit, {"flow": "specification"}, name="specification_edit"),
    path("d/specification/<int:pk>/compare", standards.compare_specification, name="specification_compare"),
    path("d/specification/<int:pk>/standard.pdf", standards.paper_of_specification, name="specification_pdf"),
    path("d/specification/<int:pk>/standard.toml", standards.text_of_specification, name="specification_toml"),
]
