"""The atlas to browse and search, in any of its languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.atlas import advice, catalogue, texts
from portal.atlas.advice import Advice
from portal.atlas.models import UnknownError
from portal.sites import page, site


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry on the page."""

    area: str
    advice: Advice
    mover: str
    how_bad: str
    codes: tuple[str, ...]


def register() -> None:
    """Hang the page into the admin site."""
    site().register_view("atlas/", show, "atlas")


@permission_required("atlas.view_unknownerror", raise_exception=True)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """All entries; `?q=` searches texts and codes, `?area=`, `?by=` narrow, `?language=` chooses the words."""
    asked = {name: request.GET.get(name, "").strip()[:100] for name in ("q", "area", "by", "language")}
    language = asked["language"] if asked["language"] in texts.LANGUAGES else texts.language()
    context: dict[str, Any] = {
        "title": _("Error atlas"),
        "lead": _("What AutoInvoice's errors mean, what mends them, and whose move it is."),
        "entries": [one for one in _entries(language) if _fits(one, asked)],
        "asked": asked,
        "language": language,
        "languages": texts.LANGUAGES.items(),
        "areas": [area.name for area in catalogue.areas()],
        "movers": [(by, texts.mover(by, language)) for by in texts.MOVERS],
        "unknown": UnknownError.objects.filter(cause="").count(),
    }
    return page(request, "portal/atlas.html", context)


def _entries(language: str) -> Iterator[Shown]:
    for area in catalogue.areas():
        for entry in area.entries:
            told = advice.of_entry(area.name, entry, language)
            mover, how_bad = texts.mover(entry.by, language), texts.severity(entry.severity, language)
            yield Shown(area.name, told, mover, how_bad, tuple(sorted(entry.codes)))
    for row in UnknownError.objects.exclude(cause="").exclude(remedy="").order_by("-count"):
        told = advice.of(row.area, f"unknown:{row.pk}")
        yield Shown(row.area, told, texts.mover(row.by, language), texts.severity(told.severity, language), (row.text,))


def _fits(one: Shown, asked: dict[str, str]) -> bool:
    words = " ".join((one.advice.key, one.advice.name, one.advice.text, *one.codes)).casefold()
    return asked["q"].casefold() in words and asked["area"] in ("", one.area) and asked["by"] in ("", one.advice.by)
