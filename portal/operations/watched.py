"""What is watched of operations: that they go out, that their outcome becomes known, and that few fail."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.lists import counting
from portal.operations import kinds
from portal.operations.enums import AttemptState, State
from portal.operations.models import Attempt, Operation, OperationQuerySet
from portal.partners.models import PartnerAccount
from portal.watching import EXAMPLES, Example, Found, Watched, register

_LATEST = 1_000  # ended operations of a state that are looked at
_LONG = timedelta(hours=1)  # for which an outcome may stay unknown while it is looked up


def _examples(rows: OperationQuerySet) -> Iterable[Example]:
    for operation in rows.select_related("target_type").prefetch_related("target")[:EXAMPLES]:
        yield Example(
            f"{kinds.label_of(operation.kind)}: {operation.target or _('not there any more')}",
            reverse("admin:operations_operation_change", args=[operation.pk]),
            since=operation.settled_at or operation.created_at,
            company_uuid=operation.company_uuid,
        )


def _list(**filters: str) -> str:
    return f"{reverse('admin:operations_operation_changelist')}?{urlencode(filters)}"


def lag(account: PartnerAccount, seconds: int) -> Found | None:
    """Operations outside of batches that were due long ago: a batch shows its own progress."""
    late = Operation.objects.filter(
        account=account, state=State.QUEUED, batch=None, not_before__lt=timezone.now() - timedelta(seconds=seconds)
    )
    count = counting.capped(late)
    if not count:
        return None
    oldest: datetime = late.aggregate(oldest=Min("not_before"))["oldest"] or timezone.now()
    minutes = int((timezone.now() - oldest).total_seconds() // 60)
    text = ngettext(
        "%(count)s operation should have gone out; it has been due for %(minutes)d minutes.",
        "%(count)s operations should have gone out; the oldest has been due for %(minutes)d minutes.",
        count,
    )
    words = {"count": count, "minutes": minutes}
    url = _list(state="moving")
    return Found(int(count), text % words, lambda: _examples(late.order_by("not_before")), url, max(minutes, 1))


def stuck(account: PartnerAccount, minutes: int) -> Found | None:
    """Calls that should have ended, and lost answers that the look-up does not settle."""
    before = timezone.now() - timedelta(minutes=minutes)
    overdue = Attempt.objects.filter(account=account, state=AttemptState.SENDING, deadline_at__lt=before)
    lost = Q(state=State.UNKNOWN, named_case="", attempt__started_at__lt=before - _LONG)
    moving = Operation.objects.filter(account=account, state__in=(State.UNKNOWN, State.SENDING))
    rows = moving.filter(lost | Q(state=State.SENDING, attempt__in=overdue))
    count = counting.capped(rows)
    if not count:
        return None
    text = ngettext(
        "%(count)s operation neither ends nor can be settled.",
        "%(count)s operations neither end nor can be settled.",
        count,
    )
    return Found(int(count), text % {"count": count}, lambda: _examples(rows.order_by("pk")), _list(state="UNKNOWN"))


def unknown(account: PartnerAccount, least: int) -> Found | None:
    """Outcomes that only a person can find out."""
    cases = Operation.objects.filter(account=account).named_cases()
    count = cases.count()
    if count < least:
        return None
    text = ngettext(
        "%(count)d operation has an outcome that only a person can find out.",
        "%(count)d operations have an outcome that only a person can find out.",
        count,
    )
    return Found(count, text % {"count": count}, lambda: _examples(cases.order_by("pk")), _list(state="human"))


def failures(account: PartnerAccount, least: int) -> Found | None:
    """Operations that ended badly within the last hour, among the latest of their state."""
    since, found = timezone.now() - timedelta(hours=1), []
    for state in (State.FAILED, State.REFUSED):
        rows = Operation.objects.filter(account=account, state=state).order_by("-pk")
        latest = rows.values_list("pk", "settled_at", "kind")[:_LATEST]
        # Telling of alerts is no cause for further ones.
        found += [pk for pk, at, kind in latest if at and at >= since and not kind.startswith("alerts.")]
    if len(found) < least:
        return None
    text = ngettext(
        "%(count)d operation failed or was refused within an hour.",
        "%(count)d operations failed or were refused within an hour.",
        len(found),
    ) % {"count": len(found)}
    rows = Operation.objects.filter(pk__in=sorted(found)[-EXAMPLES:]).order_by("-pk")
    return Found(len(found), text, lambda: _examples(rows), _list(state="REFUSED"))


register(
    Watched(
        name="operations.lag",
        label=_("Operations wait too long"),
        measure=_("seconds that an operation may be overdue"),
        threshold=300,
        lowest=60,
        remedy=_("Look whether workers and broker run: manage.py doctor. Nothing is lost, it goes out later."),
        look=lag,
        is_serious=True,
    )
)
register(
    Watched(
        name="operations.stuck",
        label=_("Operations are stuck"),
        measure=_("minutes after which a call or a look-up should have ended"),
        threshold=15,
        lowest=5,
        remedy=_("Look whether AutoInvoice answers (call log), and whether the workers run: manage.py doctor."),
        look=stuck,
        is_serious=True,
    )
)
register(
    Watched(
        name="operations.unknown",
        label=_("Outcome unknown, needs a person"),
        measure=_("operations"),
        threshold=1,
        remedy=_("Open each, find out what it says, and press “It happened” or “It did not happen”."),
        look=unknown,
        is_serious=True,
    )
)
register(
    Watched(
        name="operations.failures",
        label=_("Many operations fail"),
        measure=_("operations within an hour"),
        threshold=20,
        highest=2 * _LATEST,
        remedy=_("Open some: the same cause in all of them is often a missing right, or AutoInvoice being away."),
        look=failures,
    )
)
