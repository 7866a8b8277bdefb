"""One thing that goes wrong as a test says, an account, and somebody who is told by mail and by webhook."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_httpserver import HTTPServer

from portal import watching
from portal.alerts import evaluating, rules
from portal.alerts.models import Alert, AlertRule, Destination, Severity, Way
from portal.operations import outcomes
from portal.partners.models import Environment, PartnerAccount
from portal.watching import Example, Found, Watched

SECRET = "a shared secret of some length"
KIND = "tests.trouble"


@dataclass
class Trouble:
    """How much is wrong, by account; `examples` counts how often they were read."""

    counts: dict[int, int] = field(default_factory=dict)
    error: Exception | None = None
    examples: int = 0

    def look(self, account: PartnerAccount, least: int) -> Found | None:
        if self.error:
            raise self.error
        count = self.counts.get(account.pk, 0)
        return Found(count, f"{count} things are wrong.", self.named, "/admin/things/") if count >= least else None

    def named(self) -> list[Example]:
        self.examples += 1
        return [Example("Invoice 1001", "/admin/things/1/", "Puro Puu Oy")]


@pytest.fixture(autouse=True)
def trouble(monkeypatch: pytest.MonkeyPatch) -> Trouble:
    """Watch this one thing only."""
    made = Trouble()
    watched = Watched(KIND, "Things go wrong", "things", 1, "Mend them.", made.look, is_serious=True)
    monkeypatch.setattr(watching, "_watched", {KIND: watched})
    return made


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(outcomes, "PAUSE", 0.001)
    monkeypatch.setattr(outcomes, "LOOK_PAUSE", 0.001)
    settings.RESOLVE_GRACE = 0.05
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.EMAIL_READY, settings.DEFAULT_FROM_EMAIL = True, "portal@partner.example"
    settings.OUTBOUND_HOSTS, settings.OUTBOUND_PRIVATE = ["localhost"], True


@pytest.fixture
def account(db: None) -> PartnerAccount:
    return make_account()


def make_account(name: str = "Partner", **fields: Any) -> PartnerAccount:
    known = {"environment": Environment.SANDBOX, "company_uuid": uuid4(), "user_key": "u", "vendor_key": "v"}
    return PartnerAccount.objects.create(name=name, **(known | fields))


@pytest.fixture
def look(account: PartnerAccount, trouble: Trouble) -> Callable[[int], Alert | None]:
    """Let so many things be wrong, look, and return the latest alert."""

    def at(count: int) -> Alert | None:
        trouble.counts[account.pk] = count
        evaluating.evaluate()
        return Alert.objects.order_by("pk").last()

    return at


@pytest.fixture
def rule(db: None) -> AlertRule:
    """The general rule, which ends alerts at once."""
    watched = watching.get(KIND)
    assert watched is not None
    made = rules.default(watched)
    made.calm_minutes = 0
    AlertRule.objects.filter(kind=KIND).delete()
    made.save()
    return made


@pytest.fixture
def mailbox(db: None) -> Destination:
    return Destination.objects.create(name="Desk", way=Way.MAIL, recipients="a@desk.example\nb@desk.example")


@pytest.fixture
def hook(db: None, httpserver: HTTPServer) -> Destination:
    return Destination.objects.create(
        name="Pager", way=Way.WEBHOOK, url=httpserver.url_for("/in"), secret=SECRET, least_severity=Severity.SERIOUS
    )


@pytest.fixture
def staff(account: PartnerAccount) -> User:
    user = User.objects.create_user("agent", password="x", is_staff=True)
    wanted = ("view_alert", "work_alert", "view_operation")
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    account.staff.add(user)
    return user


@pytest.fixture
def browser(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client
