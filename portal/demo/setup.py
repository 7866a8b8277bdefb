"""What a demo's database must hold before staff can log in: their user and the simulator's partner company."""

import json
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model

from portal.demo.place import USER
from portal.partners.models import Environment, PartnerAccount
from portal.webhooks import subscriptions

ACCOUNT = "Demo partner"


def ensure_user(password: str) -> None:
    """Make the user once; a password that staff changed since stays theirs."""
    users: Any = get_user_model()
    if not users.objects.filter(username=USER).exists():
        users.objects.create_superuser(USER, "demo@example.test", password)


def ensure_account(credentials_file: Path) -> PartnerAccount:
    """Enter the partner company that the simulator made, or its new addresses and keys if they changed."""
    credentials = json.loads(credentials_file.read_text())
    facts = {
        "environment": Environment.SANDBOX,
        "company_uuid": credentials["company_uuid"],
        "user_key": credentials["user_api_key"],
        "vendor_key": credentials["vendor_api_key"],
        "sandbox_urls": {name: url for name, url in credentials.items() if name.endswith("_url")},
        "own_kyc": True,
        "calls_per_second": 200,  # nobody shares the simulator
    }
    account, is_new = PartnerAccount.objects.get_or_create(name=ACCOUNT, defaults=facts)
    if is_new:
        return account
    if (account.user_key, account.vendor_key) != (facts["user_key"], facts["vendor_key"]):
        account.key_version += 1  # tokens of the old keys are forgotten with it
    for name, value in facts.items():
        setattr(account, name, value)
    account.save()
    return account


def ensure_webhooks(account: PartnerAccount) -> None:
    """Queue the subscription to the account's events at this demo's address, unless it is there."""
    subscriptions.ensure_subscription(account)
