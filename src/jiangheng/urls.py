"""The root URL table. Rooms' special pages and the public portal bring their own tables."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf.urls.i18n import urlpatterns as language_urls
from django.urls import include, path

from jiangheng.web import acts, api, desk, doors, eligibility_api, icon, inbox, search

handler403 = "jiangheng.web.errors.forbidden"
handler404 = "jiangheng.web.errors.not_found"
handler500 = "jiangheng.web.errors.broken"

urlpatterns = [
    path("favicon.ico", icon.favicon, name="favicon"),
    # coming in and going out
    path("login", doors.AccountDoor.as_view(), name="login"),
    path("logout", doors.leave, name="logout"),
    path("account", doors.account, name="account"),
    path("exam/enter", doors.ticket, name="ticket"),
    path("exam-login", doors.ticket),
    path("i18n/", include(language_urls)),
    path("demo/clock", search.move_clock, name="clock"),
    # my work
    path("home", inbox.home, name="home"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/read", inbox.read, name="inbox_read"),
    path("search", search.search, name="search"),
    path("clauses/<id>", desk.clause, name="clause"),
    # the desk: every flow; fixed words before names
    path("d/", desk.index, name="desk"),
    path("d/<flow>/", desk.listing, name="list"),
    path("d/<flow>/export", desk.export, name="export"),
    path("d/<flow>/bulk/<name>", acts.bulk, name="bulk"),
    path("d/<flow>/<int:pk>", desk.thing, name="thing"),
    path("d/<flow>/<int:pk>/trail", desk.trail, name="trail"),
    path("d/<flow>/<int:pk>/file/<name>", desk.file, name="file"),
    path("d/<flow>/<int:pk>/new/<code>", acts.new, name="new"),
    path("d/<flow>/<int:pk>/<name>", acts.step, name="step"),
    # the same for programs
    path("api/", api.index, name="api"),
    path("api/openapi.json", api.openapi, name="openapi"),
    path("api/standards", eligibility_api.standards, name="api_standards"),
    path("api/eligibility", eligibility_api.eligibility, name="api_eligibility"),
    path("api/<flow>/", api.listing, name="api_list"),
    path("api/<flow>/<int:pk>", api.get, name="api_thing"),
    path("api/<flow>/<int:pk>/steps", api.steps, name="api_steps"),
    path("api/<flow>/<int:pk>/new/<code>", api.create, name="api_new"),
    path("api/<flow>/<int:pk>/<name>", api.do, name="api_step"),
]

# ---- tables brought by others: the special pages stand before the desk, which takes any other word for a step ----
urlpatterns = [
    *(path("", include(table)) for table in ("jiangheng.web.room_urls",) if find_spec(table) is not None),
    *urlpatterns,
    *(path("", include(table)) for table in ("jiangheng.web.portal_urls",) if find_spec(table) is not None),
]
