"""`manage.py demo`: the whole portal on this machine, with a simulator and a story."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.demo import run
from portal.demo.place import Place


class Command(BaseCommand):
    help = "Run the whole portal with a simulator on loopback and do the main job once"
    # The settings of this process are not the demo's: it writes those first and starts everything with them.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--sandbox-port", type=int, default=int(os.environ.get("SANDBOX_PORT") or 8001))
        parser.add_argument("--reset", action="store_true", help="forget the data of earlier runs first")
        parser.add_argument("--no-story", action="store_true", help="only start; onboard and send nothing")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        place = Place(Path(settings.VAR_DIR).resolve(), options["port"], options["sandbox_port"])
        sys.exit(run.run(place, reset=options["reset"], tell_story=not options["no_story"]))
