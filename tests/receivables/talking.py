"""A company at the simulator whose agency writes to it, with its mirror here."""

from typing import Any

from django.utils import timezone

from companies.models import Company
from portal.sync import cursors, runs
from portal.sync.models import Cursor
from receivables.enums import Agency, ServiceStatus
from receivables.messages.sync import ThreadFeed, ThreadWatch
from receivables.models import CollectionService, MessageThread
from tests.portal.sandbox.clients import Ax
from tests.portal.sandbox.test_message_threads import Receivables
from tests.sandbox import Sandbox


def with_agency(company: Company) -> None:
    """Let the portal think that Amili works for the company, and read its threads."""
    CollectionService.objects.create(
        account=company.account, company=company, agency=Agency.AMILI, status=ServiceStatus.ACTIVE
    )
    cursors.follow(ThreadFeed.name, company.account, [company.uuid])


def agency_writes(simulator: Sandbox, company: Company, text: str = "Has Oksanen paid you?", **more: Any) -> str:
    """The agency writes; returns the thread's id there."""
    body = {"text": text, **more}
    return str(simulator.control("POST", f"/companies/{company.uuid}/messages", body)["thread_id"])


def read_messages() -> None:
    """Let the feed and the watch run now."""
    for source in ("receivables.message_threads", "receivables.threads"):
        MessageThread.objects.exclude(next_check_at=None).update(next_check_at=timezone.now())
        Cursor.objects.filter(source=source).update(next_at=timezone.now())
        runs.run_due(budget=2)


def look_at_threads() -> None:
    """Let threads that are due be looked at, without the list of all."""
    Cursor.objects.filter(source=ThreadWatch.name).update(next_at=timezone.now())
    runs.run_due(budget=2)


def receivables_of(simulator: Sandbox, company: Company) -> Receivables:
    """What the company sees at the simulator."""
    return Receivables(Ax(simulator, str(company.uuid)))


def texts_there(simulator: Sandbox, company: Company, thread: str) -> list[str]:
    return [item["text"] for item in receivables_of(simulator, company).get(f"/v1/message_threads/{thread}/messages")]
