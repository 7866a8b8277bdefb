"""For how long files of companies are kept, and what evidence, open requests and cases let stay elsewhere."""

from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.files import uploads
from companies.history import changes
from companies.models import Authorization, Case, ImportFile, Reminder, StateChange
from portal.operations import causes
from portal.retention import Folder, Ids, Kind, protect, register, register_folder


def _told(kind: str, ids: Ids) -> set[int]:
    """Return the ids that entries of dossiers name as what told them: the change beside the entry has the same."""
    told = StateChange.objects.filter(source=kind, source_id__in=ids, what__in=changes.IN_THE_DOSSIER)
    return {pk for pk in told.values_list("source_id", flat=True) if pk is not None}


def operations_in_dossiers(ids: Ids) -> Collection[int]:
    asked = Authorization.objects.filter(operation_id__in=ids).values_list("operation_id", flat=True)
    reminded = Reminder.objects.filter(operation_id__in=ids).values_list("operation_id", flat=True)
    return {*_told(causes.OPERATION, ids), *(pk for pk in asked if pk), *reminded}


def operations_of_cases(ids: Ids) -> Collection[int]:
    return set(Case.objects.open().filter(operation__in=ids).values_list("operation", flat=True))


_EVIDENCE = _("Part of a dossier's evidence")
protect("webhooks.deliveries", _EVIDENCE, lambda ids: _told(causes.DELIVERY, ids))
protect("sync.runs", _EVIDENCE, lambda ids: _told(causes.SYNC, ids))
protect("operations.operations", _EVIDENCE, operations_in_dossiers)
protect("operations.operations", _("Linked from an open case"), operations_of_cases)


def drop_contents(ids: Ids) -> list[str]:
    """Let go of the contents of files, and of all of a file that was never carried out."""
    files = ImportFile.objects.filter(pk__in=ids)
    paths = [path for path in files.values_list("path", flat=True) if path]
    files.filter(started_at=None).delete()
    files.update(path="")
    return paths


def needed(paths: Collection[str]) -> Collection[str]:
    return set(ImportFile.objects.filter(path__in=paths).values_list("path", flat=True))


register(
    Kind(
        name="companies.file_contents",
        label=_("Contents of files of companies"),
        model_label="companies.ImportFile",
        made="created_at",
        age="created_at",
        days=14,
        lowest=1,
        why=_("The uploaded file itself. What its rows say stays, unless the file was never carried out."),
        may_go=~Q(path="") | Q(started_at=None),
        open_label=_("Only the rows are left"),
        remove=drop_contents,
        describe=lambda file: f"#{file.pk} {file.name}",
    )
)
register_folder(Folder(uploads.FOLDER, _("Files of companies"), needed))
