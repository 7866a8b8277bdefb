"""`manage.py doctor`: what works, what does not, and how to mend it."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from portal import doctor
from portal.doctor import Level


class Command(BaseCommand):
    help = "Looks at settings, database, broker, worker, beat, hosts, keys and webhooks; says how to mend each."
    requires_system_checks = []  # it tells what they say, and goes on

    def handle(self, *args: Any, **options: Any) -> None:
        styles = {Level.OK: self.style.SUCCESS, Level.WARN: self.style.WARNING, Level.FAIL: self.style.ERROR}
        worst = Level.OK
        for finding in doctor.examine():
            self.stdout.write(f"{styles[finding.level](f'{finding.level:<5}')} {finding.subject}: {finding.text}")
            if finding.mend and finding.level is not Level.OK:
                self.stdout.write(f"      → {finding.mend}")
            worst = max(worst, finding.level, key=list(Level).index)
        self.stdout.write(_CLOSING[worst]())
        if worst is Level.FAIL:
            raise SystemExit(1)


_CLOSING = {
    Level.OK: lambda: _("All well."),
    Level.WARN: lambda: _("It works; the warnings deserve a look."),
    Level.FAIL: lambda: _("Something does not work."),
}
