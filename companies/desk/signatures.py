"""
What happens to many requests at once: reminding and reissuing as bulk acts, reminders before the end, and the end.

The two chains plan for each request what its signer, language and way were; only the chosen fields are replaced.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import mirrors, policies
from companies.enums import AuthorizationState
from companies.models import Authorization, Reminder, ReminderRule
from companies.operations.authorization import Authorize, AuthorizeParameters
from companies.operations.reminders import Remind, RemindParameters, by_hand
from companies.reminders import letters as reminders
from portal.operations import chains, queueing
from portal.operations.chains import Chain, Planned, Step
from portal.operations.models import Operation
from portal.partners.models import Method

REMIND, REISSUE = "companies.remind_signers", "companies.reissue"
AT_ONCE = 500
MOST_REMINDED = 5_000  # requests of one account and stage that are queued at a time
LONGEST = 20.0  # seconds; the next round goes on


class ReissueParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What is different from the request before; "" stays as it was."""

    email: str = ""
    signer_name: str = ""
    locale: str = ""
    method: str = ""
    authorization_id: str = ""  # of our own process: one for all the chosen companies


def reissued(request: Authorization, wanted: ReissueParameters) -> AuthorizeParameters:
    """Return the new request in place of an earlier one. Another address is another person: the name goes with it."""
    is_same = not wanted.email or wanted.email.lower() == request.email.lower()
    method = wanted.method or request.method
    return AuthorizeParameters(
        email=wanted.email or request.email,
        signer_name=wanted.signer_name or (request.signer_name if is_same else ""),
        locale=wanted.locale or request.locale or policies.default_locale(request.company.country),
        method=method,
        authorization_id=(wanted.authorization_id or request.authorization_id) if method == Method.OWN else "",
    )


def _plan_reissue(requests: Sequence[Authorization], wanted: ReissueParameters) -> list[Planned]:
    prefetch_related_objects(list(requests), "company", "company__authorizations")
    return [_planned_reissue(request, wanted) for request in requests]


def _planned_reissue(request: Authorization, wanted: ReissueParameters) -> Planned:
    if not request.on_desk:
        return Planned(request, reason=_("There is a newer request, or the company is verified."))
    request.company.account = request.account
    return Planned(request, [Step(Authorize.kind, request.company, reissued(request, wanted))])


def _plan_reminders(requests: Sequence[Authorization], wanted: object) -> list[Planned]:
    return [Planned(request, [Step(Remind.kind, request, by_hand(request))]) for request in requests]


chains.register(
    Chain(
        name=REISSUE,
        label=_("Reissue requests to sign"),
        verb=_("Reissue"),
        permission=Authorize.permission,
        plan=_plan_reissue,
        Parameters=ReissueParameters,
    )
)
chains.register(
    Chain(
        name=REMIND,
        label=_("Remind signers"),
        verb=_("Send reminders"),
        permission=Remind.permission,
        plan=_plan_reminders,
    )
)


def queue_due_reminders(now: datetime | None = None) -> int:
    """Queue what the accounts' rules say is due; returns how many. A few statements for each account and stage."""
    now = now or timezone.now()
    if not reminders.is_possible():
        return 0
    rules = ReminderRule.objects.filter(is_on=True, account__is_active=True).select_related("account")
    return sum(_queue_due(rule, now) for rule in rules)


def _queue_due(rule: ReminderRule, now: datetime) -> int:
    """Queue each request for the last stage that it has reached: nobody gets the reminders of two at once."""
    queued, since = 0, now
    for hours in rule.stages:
        until = now + timedelta(hours=hours)
        made = queueing.queue_many(Remind.kind, _due(rule, hours, since, until), account=rule.account)
        queued += len(made.created)
        since = until
    return queued


def _due(rule: ReminderRule, hours: int, since: datetime, until: datetime) -> list[queueing.Row]:
    """Return the requests that expire after `since` and not after `until`, and that nobody was reminded of for that."""
    stage = f"{hours}h"
    tried = Operation.objects.filter(
        kind=Remind.kind,
        target_type=ContentType.objects.get_for_model(Authorization),
        target_id=OuterRef("pk"),
        created_at__gt=OuterRef("expires_at") - timedelta(hours=hours),
    )
    reminded = Reminder.objects.filter(authorization=OuterRef("pk"), stage=stage, email=OuterRef("signer_key"))
    due = Authorization.objects.filter(
        ~Exists(reminded), ~Exists(tried),
        account=rule.account, on_desk=True, state=AuthorizationState.OPEN, problem="",
        expires_at__gt=since, expires_at__lte=until,
    ).select_related("company").prefetch_related("reminders").order_by("pk")  # fmt: skip
    rows = []
    for request in due[:MOST_REMINDED]:  # the rest half a minute later
        request.account = rule.account
        wanted = RemindParameters(stage=stage, email=request.email)
        rows.append(queueing.Row(request, wanted, company_uuid=request.company.uuid))
    return rows


def end_expired(now: datetime | None = None) -> int:
    """End what ran out by our own clock; returns how many. A signature that is told late still counts."""
    now, ended = now or timezone.now(), 0
    over = Authorization.objects.filter(state=AuthorizationState.OPEN, expires_at__lte=now)
    give_up_at = time.monotonic() + LONGEST
    while time.monotonic() < give_up_at:
        found = list(over.select_related("company", "company__account").order_by("pk")[:AT_ONCE])
        for request in found:
            with transaction.atomic():
                ended += mirrors.expire_authorizations(request.company, now)
        if len(found) < AT_ONCE:
            break
    return ended
