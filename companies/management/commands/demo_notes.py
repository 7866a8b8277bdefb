"""For the demo: notes and tags as staff would leave them. Run twice it changes nothing."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from companies.enums import TagColour
from companies.models import Company, Tag
from companies.staff_notes import notes

_TAGS = {"Key account": TagColour.PURPLE, "Moves in spring": TagColour.TEAL, "Call first": TagColour.ORANGE}
# Business id → tags, then notes with whether they stay on top.
_STORY: dict[str, tuple[tuple[str, ...], tuple[tuple[str, bool], ...]]] = {
    "38214506": (
        ("Key account", "Moves in spring"),
        (
            ("Liisa in accounting answers before noon. She wants to be called, not mailed.", True),
            ("Asked for scanning from March on; offer sent.", False),
        ),
    ),
    "38307710": (("Moves in spring",), (("Their old operator still holds two letter boxes; see in a week.", False),)),
    "5598231420": (("Key account",), (("Signs in Swedish only, although the board is Finnish.", True),)),
    "46218809": (("Call first",), (("New managing director since autumn: check who may sign.", True),)),
}


class Command(BaseCommand):
    help = "Write the demo's notes and tags."

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: nobody is there to have written them"""
        author = get_user_model().objects.filter(is_superuser=True).order_by("pk").first()
        if author is None:
            raise CommandError("There is no superuser.")
        for business_id, (tags, texts) in _STORY.items():
            company = Company.objects.filter(business_id__in=(business_id, _dashed(business_id))).first()
            if company is not None:
                self._write(company, tags, texts, author)

    def _write(self, company: Company, tags: tuple[str, ...], texts: tuple[tuple[str, bool], ...], author: Any) -> None:
        wanted = [
            Tag.objects.get_or_create(account_id=company.account_id, name=name, defaults={"colour": _TAGS[name]})[0]
            for name in tags
        ]
        notes.tag([company], wanted, author)
        for text, is_pinned in texts:
            if not company.notes.filter(text=text).exists():
                notes.add(company, text, author, is_pinned=is_pinned)


def _dashed(business_id: str) -> str:
    return f"{business_id[:-1]}-{business_id[-1]}"
