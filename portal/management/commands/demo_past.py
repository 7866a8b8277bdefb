"""`manage.py demo_past`: the demo's calendar on our side, for what takes a week."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db.models import F
from django.utils import timezone


class Command(BaseCommand):
    help = "Date a company and its requests to sign back, as the simulator's clock was when they were sent (demo only)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("business_id")
        parser.add_argument("--days", type=int, required=True)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        past = timedelta(days=options["days"])
        requests = apps.get_model("companies", "Authorization").objects.filter(
            company__business_id=options["business_id"], account__environment="SANDBOX"
        )
        requests.update(requested_at=F("requested_at") - past, expires_at=F("expires_at") - past)
        companies = apps.get_model("companies", "Company").objects.filter(
            business_id=options["business_id"], account__environment="SANDBOX", created_at__gt=timezone.now() - past
        )  # a story that is told again must not send them back twice
        apps.get_model("companies", "Onboarding").objects.filter(company__in=companies).update(
            submitted_at=F("submitted_at") - past, created_at=F("created_at") - past
        )
        companies.update(created_at=F("created_at") - past, active_at=F("created_at") - past)
