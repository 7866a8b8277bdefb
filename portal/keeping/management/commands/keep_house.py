"""Remove what is old by the rules of retention, in this process and to the end; or only say what would go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.keeping import running
from portal.keeping.models import RetentionRun, RunState
from portal.keeping.pages import lines_of

_TURN = 30.0  # seconds


class Command(BaseCommand):
    help = "Removes old rows by the rules of retention. --dry-run counts what would go, and removes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count, with examples")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        try:
            run = running.begin(is_trial=dry_run)
        except running.AlreadyRunningError:
            raise CommandError("a run is under way already; it goes on in the workers") from None
        while running.work(_TURN):
            run.refresh_from_db()
        run = RetentionRun.objects.get(pk=run.pk)
        for line in lines_of(run):
            step, would = line.step, "would go" if dry_run else "gone"
            ages = f" ({step.oldest:%Y-%m-%d} to {step.newest:%Y-%m-%d})" if step.oldest and step.newest else ""
            self.stdout.write(f"{line.label}: {step.gone} {would}{ages}, older than {step.days} days")
            for reason, count in line.stayed:
                self.stdout.write(f"    {count} stay: {reason}")
            for example in step.examples if dry_run else ():
                self.stdout.write(f"    such as {example}")
        if run.state != RunState.DONE:
            raise CommandError(f"run {run.pk} is {run.state}: {run.error or 'another worker goes on with it'}")
