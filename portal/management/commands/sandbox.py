"""`manage.py sandbox`: start the simulator of the AutoInvoice APIs alone."""

import os
import sys
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Start the simulator of the AutoInvoice APIs alone; takes the options of `python -m portal.sandbox`"
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> NoReturn:
        """Become the simulator, which is a program of its own: its settings, its arguments, its exit code."""
        self._become(argv[2:])

    def handle(self, *arguments: str, **_options: Any) -> None:
        self._become(list(arguments))

    def _become(self, arguments: list[str]) -> NoReturn:
        paths = [str(settings.BASE_DIR), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        os.execve(sys.executable, [sys.executable, "-m", "portal.sandbox", *arguments], environment)  # noqa: S606
