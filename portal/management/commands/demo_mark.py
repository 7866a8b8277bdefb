"""`manage.py demo_mark`: what staff or a mail server would have said about a request to sign, for the demo."""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils import timezone


class Command(BaseCommand):
    help = "Mark what is wrong with a company's request to sign (demo only)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("business_id")
        parser.add_argument("problem", choices=("WRONG_PERSON", "BOUNCED"))
        parser.add_argument("note")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        requests = apps.get_model("companies", "Authorization").objects.filter(
            company__business_id=options["business_id"], account__environment="SANDBOX", on_desk=True
        )
        requests.update(problem=options["problem"], problem_note=options["note"], problem_at=timezone.now())
