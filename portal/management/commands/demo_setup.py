"""`manage.py demo_setup`: the demo's own step between its migrations and its first page."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from portal.demo import setup


class Command(BaseCommand):
    help = "Make the demo's user (password in DEMO_PASSWORD), its partner account and its webhook subscription"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("credentials", type=Path, help="the simulator's credentials file")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        setup.ensure_user(os.environ["DEMO_PASSWORD"])
        account = setup.ensure_account(options["credentials"])
        setup.ensure_webhooks(account)
