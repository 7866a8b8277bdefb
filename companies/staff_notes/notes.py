"""Notes and tags: what staff write about companies for each other. Local edits, so they are in Django's own log."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.models import Company, Note, Tag


class NotYoursError(Exception):
    """Somebody else wrote the note."""


@transaction.atomic
def add(company: Company, text: str, author: Any, *, is_pinned: bool = False) -> Note:
    """Write a note on a company."""
    note = Note.objects.create(
        account_id=company.account_id, company=company, author=author, text=text.strip(), is_pinned=is_pinned
    )
    _log(author, [company], ADDITION, _("Note added."))
    return note


@transaction.atomic
def edit(note: Note, text: str, author: Any) -> None:
    """
    Change the words of one's own note.

    :raises NotYoursError: it is somebody else's
    """
    _own(note, author)
    note.text, note.edited_at = text.strip(), timezone.now()
    note.save(update_fields=["text", "edited_at"])
    _log(author, [note.company], CHANGE, _("Note changed."))


@transaction.atomic
def delete(note: Note, author: Any) -> None:
    """
    Delete one's own note.

    :raises NotYoursError: it is somebody else's
    """
    _own(note, author)
    note.delete()
    _log(author, [note.company], DELETION, _("Note deleted."))


@transaction.atomic
def pin(note: Note, actor: Any, *, is_pinned: bool) -> None:
    """Have a note stand above the others, or no longer; anybody may."""
    note.is_pinned = is_pinned
    note.save(update_fields=["is_pinned"])
    _log(actor, [note.company], CHANGE, _("Note pinned.") if is_pinned else _("Note unpinned."))


def _own(note: Note, author: Any) -> None:
    if note.author_id != author.pk:
        raise NotYoursError


@transaction.atomic
def tag(companies: Sequence[Company], tags: Iterable[Tag], actor: Any) -> int:
    """
    Put tags on companies, each on those of its own account; returns how many companies got one.

    Bulk: few statements however many companies.
    """
    changed: set[int] = set()
    for one in tags:
        mine = [company for company in companies if company.account_id == one.account_id]
        changed |= _link(one, mine)
    _log(actor, [company for company in companies if company.pk in changed], CHANGE, _("Tags put on."))
    return len(changed)


@transaction.atomic
def untag(companies: Sequence[Company], tags: Iterable[Tag], actor: Any) -> int:
    """Take tags off companies; returns how many companies had one."""
    had = _links().filter(company__in=companies, tag__in=list(tags))
    ids = set(had.values_list("company_id", flat=True))
    had.delete()
    _log(actor, [company for company in companies if company.pk in ids], CHANGE, _("Tags taken off."))
    return len(ids)


@transaction.atomic
def set_tags(company: Company, tags: Iterable[Tag], actor: Any) -> None:
    """Make the tags of one company exactly these."""
    wanted = {one.pk for one in tags if one.account_id == company.account_id}
    if wanted != set(company.tags.values_list("pk", flat=True)):
        company.tags.set(wanted)
        _log(actor, [company], CHANGE, _("Tags changed."))


def _link(one: Tag, companies: Sequence[Company]) -> set[int]:
    through: Any = Tag.companies.through
    links = _links().filter(tag=one, company__in=companies)
    present = set(links.values_list("company_id", flat=True))
    new = [company.pk for company in companies if company.pk not in present]
    _links().bulk_create([through(tag_id=one.pk, company_id=pk) for pk in new], ignore_conflicts=True, batch_size=1000)
    return set(new)


def _links() -> QuerySet[Any]:
    through: Any = Tag.companies.through
    return QuerySet(through)


def _log(actor: Any, companies: Sequence[Company], flag: int, text: str) -> None:
    if companies:
        LogEntry.objects.log_actions(actor.pk, companies, flag, change_message=text)
