from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.partners import rotation


class Command(BaseCommand):
    help = (
        "Encrypt every secret in the database anew with the first of FIELD_KEYS. "
        "Put a new key first, restart, run this, then drop the old key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; say what an old key is still needed for"
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        results = [rotation.rotate(model, column, write=not check) for model, column in rotation.columns()]
        verb = "to write" if check else "written"
        for result in results:
            counts = f"{result.written} {verb}, {result.current} current, {len(result.unreadable)} unreadable"
            self.stdout.write(f"{result.column}: {counts}")
        broken = [f"{result.column} {pk}" for result in results for pk in result.unreadable]
        if broken:
            shown = ", ".join(broken[:20])
            raise CommandError(
                f"No key of FIELD_KEYS decrypts these values; add the key they were written with: {shown}"
            )
        if check and any(result.written for result in results):
            raise CommandError("The old keys are still needed: run this command without --check.")
