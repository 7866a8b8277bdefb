"""Say whether the file of an authorization dossier is true."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from companies.dossier import verification


class Command(BaseCommand):
    help = "Say whether an authorization dossier (PDF or JSON) is true, and what differs if it is not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file, as it was downloaded")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Print the verdict; ends with status 1 when the file is not true."""
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}") from error
        verdict = verification.verify(content)
        for text in verdict.remarks:
            self.stdout.write(f"Note: {text}")
        if not verdict.is_true:
            raise CommandError("NOT TRUE\n" + "\n".join(f"- {text}" for text in verdict.differences))
        companies = len(verdict.document["companies"]) if verdict.document else 0
        self.stdout.write(self.style.SUCCESS(f"TRUE: {companies} companies, every entry as the database has it."))
