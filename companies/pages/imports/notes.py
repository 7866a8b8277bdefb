"""What staff should know of a file beside its rows: what was done with it before, how it was understood, repairs."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.files import correcting, storing
from companies.models import ImportFile


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence above a page of a file."""

    text: str
    tone: str = "info"
    icon: str = "info"
    url: str = ""
    link: str = ""


_WAYS = {
    "names": gettext_lazy("Columns recognised by their names."),
    "before": gettext_lazy("Columns mapped as last time."),
    "now": gettext_lazy("Columns mapped by hand, and remembered."),
}


def notes(file: ImportFile) -> list[Note]:
    """Return the notes of a file whose rows are read; templates/companies/_file_notes.html shows them."""
    found = [*_before(file), *_understood(file), *(Note(text) for text in file.notes)]
    repaired = file.totals.get("repaired", 0)
    if repaired:
        text = ngettext(
            "In %(count)d row a value that the spreadsheet had changed was repaired; the row says so.",
            "In %(count)d rows values that the spreadsheet had changed were repaired; the rows say so.",
            repaired,
        )
        found.append(Note(text % {"count": repaired}, icon="build"))
    return found


def _before(file: ImportFile) -> list[Note]:
    totals, earlier = file.totals, file.previous
    if earlier is None or earlier.started_at is None:
        known = totals.get("changed", 0) + totals.get("unchanged", 0)
        return [Note(_changes(file), icon="difference")] if known else []
    if earlier.sha256 == file.sha256:
        text = _("This file was carried out on %(when)s by %(who)s; rows unchanged: %(unchanged)d.")
    else:
        text = _("An earlier version of this file was carried out on %(when)s by %(who)s.") + " " + _changes(file)
    who = str(earlier.started_by) if earlier.started_by else _("the command line")
    when = formats.date_format(timezone.localtime(earlier.started_at), "SHORT_DATETIME_FORMAT")
    values = {"when": when, "who": who, "unchanged": totals.get("unchanged", 0)}
    url = reverse("admin:import_plan", args=[earlier.pk])
    return [Note(text % values, icon="history", url=url, link=_("Show what came of it"))]


def _changes(file: ImportFile) -> str:
    totals = file.totals
    return _(
        "Rows against what was carried out before: changed %(changed)d, new %(new)d, unchanged %(unchanged)d. "
        "Unchanged rows are left as they are."
    ) % {name: totals.get(name, 0) for name in ("changed", "new", "unchanged")}


def _understood(file: ImportFile) -> list[Note]:
    changeable = file.state in correcting.OPEN_STATES
    url = reverse("admin:import_mapping", args=[file.pk]) if changeable else ""
    text = str(_WAYS[storing.way_of_mapping(file)])
    unused: list[str] = [name for index, name in enumerate(file.columns) if index not in file.mapping.values()]
    if unused:
        text += " " + _("Not used: %(names)s.") % {"names": ", ".join(unused)}
    return [Note(text, icon="view_column", url=url, link=_("Change"))]
