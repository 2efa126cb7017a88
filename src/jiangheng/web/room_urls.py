"""The addresses of the rooms' special pages. They stand before the desk's, which takes any other word for a step."""

from __future__ import annotations

from django.urls import path

from .room_pages import documents, results, roster, score, seats, watch

urlpatterns = [
    path("batches/template.xlsx", roster.template, name="roster_template"),
    path("d/roster/<int:pk>/preview", roster.preview, name="roster_preview"),
    path("d/roster/<int:pk>/marked.xlsx", roster.marked, name="roster_marked"),
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
]
