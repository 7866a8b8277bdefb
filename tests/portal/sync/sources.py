"""A feed and a watch over subscriptions whose remote side is a list in memory."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync.feeds import Feed, Look, Page, Place, Scope, Watch, Window
from portal.sync.upsert import Written
from portal.webhooks.models import Subscription, WebhookSecret

COMPANY = UUID("11111111-1111-4111-8111-111111111111")


class Remote:
    """Pages of names; `fail_after` of them the remote side raises `error`."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = []
        self.fail_after: int | None = None
        self.error: BaseException = maventa.TemporaryError(None, "away")
        self.asked: list[tuple[Window, dict[str, Any]]] = []
        self.reach = "WEBHOOK"


def feed_of(remote: Remote, **declared: Any) -> type[Feed[str]]:
    class Names(Feed[str]):
        name = "tests.names"
        label = "Names"
        scope = declared.get("scope", Scope.ACCOUNT)
        every, slowest = timedelta(seconds=10), timedelta(seconds=30)
        overlap = timedelta(minutes=5)
        first_window = declared.get("first_window")
        model = Subscription
        key = ("account", "company_uuid", "remote_id")
        columns = ("reach",)
        told: list[tuple[str, int]] = []

        def pages(self, client: maventa.Client, window: Window, position: dict[str, Any]) -> Iterator[Page[str]]:
            remote.asked.append((window, position))
            for number in range(position.get("page", 0), len(remote.pages)):
                if remote.fail_after is not None and number >= remote.fail_after:
                    raise remote.error
                yield Page(remote.pages[number], {"page": number + 1})

        def rows(self, place: Place, items: list[str], read_at: datetime) -> Iterable[Subscription]:
            return [
                Subscription(
                    account=place.account, company_uuid=COMPANY, remote_id=name, reach=remote.reach, fact_at=read_at
                )
                for name in items
            ]

        def written(self, place: Place, written: Written) -> None:
            self.told.append(("written", len(written.news)))

        def finished(self, place: Place, window: Window) -> None:
            self.told.append(("finished", len(remote.pages)))

    return Names


class Looks:
    """What the remote side says about each row by its id: a word, or an error to raise."""

    def __init__(self) -> None:
        self.answers: dict[int, str | BaseException] = {}
        self.asked: list[int] = []
        self.failed: list[int] = []
        self.unwritable: set[str] = set()


def watch_of(looks: Looks, **declared: Any) -> type[Watch[WebhookSecret, str]]:
    """Watch webhook secrets: `valid_until` is when a row is due, `digest` what a look brings."""

    class Secrets(Watch[WebhookSecret, str]):
        name = "tests.secrets"
        label = "Secrets"
        limit = declared.get("limit", 10)
        parallel = declared.get("parallel", 2)
        next_check_at = "valid_until"
        after_error = timedelta(minutes=2)

        def due(self, account: PartnerAccount, limit: int) -> Sequence[WebhookSecret]:
            rows = WebhookSecret.objects.filter(account=account, valid_until__lte=timezone.now())
            return list(rows.order_by("valid_until", "pk")[:limit])

        def company_of(self, row: WebhookSecret) -> UUID | None:
            return COMPANY

        def look(self, client: maventa.Client, row: WebhookSecret) -> str:
            assert client.company == COMPANY
            looks.asked.append(row.pk)
            answer = looks.answers.get(row.pk, "seen")
            if isinstance(answer, BaseException):
                raise answer
            return answer

        def write(self, account: PartnerAccount, looks_: list[Look[WebhookSecret, str]]) -> int:
            for look in looks_:
                WebhookSecret.objects.filter(pk=look.row.pk).update(digest=f"{look.seen}{look.row.pk}")
                if look.seen in looks.unwritable:
                    raise ValueError("cannot be written")
            return len(looks_)

        def next_check(self, look: Look[WebhookSecret, str]) -> datetime | None:
            return None if look.seen == "final" else timezone.now() + timedelta(hours=1)

        def failed(self, account: PartnerAccount, row: WebhookSecret, error: maventa.MaventaError) -> None:
            looks.failed.append(row.pk)

    return Secrets
