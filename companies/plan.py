"""
What a file of companies would do, row by row, and doing it.

Both go the same way over what is known already, so that a plan is what happens; only the plan asks AutoInvoice whether
new business ids are free.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from companies import business_ids, clients, known, onboarding, policies, services
from companies.enums import OnboardingState, Source
from companies.files import FieldError, Row
from companies.models import Onboarding
from companies.remedies import BID_TAKEN
from companies.services.lookups import BIDS_PER_LOOKUP
from portal import maventa
from portal.operations.enums import BatchState
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Batch
from portal.operations.registry import get
from portal.operations.writing import update_many
from portal.partners import calls as call_log
from portal.partners.models import PartnerAccount

CHUNK = 500


class Outcome(StrEnum):
    NEW = "new"  # will be registered
    ADD = "add"  # is ours, something is added
    NOTHING = "nothing"  # is ours or under way, nothing is missing
    RESERVED = "reserved"  # another account holds the business id
    REFUSED = "refused"  # a policy says no
    ERROR = "error"  # the row itself is wrong


FAILED = (Outcome.RESERVED, Outcome.REFUSED, Outcome.ERROR)


@dataclass(slots=True)
class Planned:
    """What happens, or happened, with one row."""

    row: Row
    outcome: Outcome
    text: str = ""
    steps: list[str] = field(default_factory=list)  # staff words
    onboarding: Onboarding | None = None

    @property
    def errors(self) -> list[FieldError]:
        return self.row.errors


def plan(account: PartnerAccount, rows: Sequence[Row]) -> list[Planned]:
    """Return what `carry_out` would do. Looks new business ids up, ten a call; writes and sends nothing."""
    planned = [line for chunk in _chunks(rows) for line in _plan_chunk(account, chunk)]
    _mark_reserved(account, [line for line in planned if line.outcome == Outcome.NEW])
    return planned


def carry_out(account: PartnerAccount, rows: Sequence[Row], *, actor: Any = None, file: str = "") -> list[Planned]:
    """Queue what the rows without errors lack, in one batch. What a chunk did stays when a later one fails."""
    batch: Batch | None = None
    done: list[Planned] = []
    for chunk in _chunks(rows):
        planned = _plan_chunk(account, chunk)
        _mark_reserved(account, [line for line in planned if _was_taken(line)])
        wanted = [line for line in planned if line.outcome in (Outcome.NEW, Outcome.ADD)]
        if wanted:
            batch = batch or _batch(account, actor, file, len(rows))
            _submit_chunk(account, wanted, batch, actor, file)
        done += planned
    return done


def summary(planned: Sequence[Planned]) -> dict[str, int]:
    """Return how many rows ended how; outcomes without rows are there with 0."""
    counted = Counter(line.outcome for line in planned)
    return {outcome.value: counted[outcome] for outcome in Outcome}


def _chunks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _plan_chunk(account: PartnerAccount, rows: Sequence[Row]) -> list[Planned]:
    drafts = {row.number: row.fill(Onboarding(account=account)) for row in rows if not row.errors}
    here = known.load(account, list(drafts.values()))
    refused = _refused_before(account, drafts.values())
    planned = []
    for row in rows:
        if row.errors:
            planned.append(Planned(row, Outcome.ERROR))
            continue
        draft = drafts[row.number]
        stored = here.onboardings.get(known.identity(draft)) or refused.get(known.identity(draft))
        planned.append(_plan_row(row, _updated(stored, draft, row) if stored else draft, here))
    return planned


def _refused_before(account: PartnerAccount, drafts: Any) -> dict[known.Identity, Onboarding]:
    digests = [draft.business_id_digest for draft in drafts]
    rows = Onboarding.objects.filter(account=account, business_id_digest__in=digests, state=OnboardingState.REFUSED)
    return {known.identity(row): row for row in rows.order_by("pk")}


def _updated(stored: Onboarding, draft: Onboarding, row: Row) -> Onboarding:
    """Return the row that an earlier run made, with what this file says now; networks are only added."""
    stored.account = draft.account
    before = stored.networks
    row.fill(stored)
    stored.networks = list(dict.fromkeys([*before, *stored.networks]))
    return stored


def _plan_row(row: Row, draft: Onboarding, here: known.Known) -> Planned:
    company = here.company_of(draft)
    steps = onboarding.lacking(draft, here)
    try:
        onboarding.check(draft, steps)
    except NotQueueableError as exc:
        return Planned(row, Outcome.REFUSED, f"{exc.reason} {exc.remedy}".strip(), onboarding=draft)
    words = [_words(step) for step in steps]
    registers = any(step.kind == onboarding.REGISTER for step in steps)
    outcome = Outcome.NEW if registers else (Outcome.ADD if steps else Outcome.NOTHING)
    return Planned(row, outcome, _text(outcome, draft, known_company=company is not None), words, draft)


def _words(step: onboarding.Step) -> str:
    label = str(get(step.kind).label)
    return f"{label} {step.network}".strip()


def _text(outcome: Outcome, draft: Onboarding, *, known_company: bool) -> str:
    support = policies.needs_support(draft.country, draft.effective_method)
    more = _(" AutoInvoice support has to verify companies of this country.") if support else ""
    if outcome == Outcome.NEW:
        return _("It is registered.") + more
    if outcome == Outcome.ADD:
        return _("It is yours; what is missing is added.") + more
    if known_company:
        return _("It is yours and nothing is missing.") + more
    return _("It is being registered already.")


def _was_taken(line: Planned) -> bool:
    return line.onboarding is not None and line.onboarding.problem_code == BID_TAKEN


def _mark_reserved(account: PartnerAccount, lines: list[Planned]) -> None:
    """Look up which business ids another account holds; a look-up that fails leaves its rows as they are."""
    by_country: dict[str, list[Planned]] = {}
    for line in lines:
        if line.row.business_id is not None:
            by_country.setdefault(line.row.business_id.country, []).append(line)
    calls = [
        (country, group[start : start + BIDS_PER_LOOKUP])
        for country, group in by_country.items()
        for start in range(0, len(group), BIDS_PER_LOOKUP)
    ]
    if not calls:
        return
    records: list[maventa.CallRecord] = []
    client = clients.for_partner(account, log=records.append)
    with ThreadPoolExecutor(min(account.parallel_calls, len(calls)), thread_name_prefix="plan") as pool:
        list(pool.map(lambda call: _look_up(client, *call), calls))
    call_log.store(account.pk, records)


def _look_up(client: maventa.Client, country: str, lines: list[Planned]) -> None:
    wanted = {line.row.business_id.value: line for line in lines if line.row.business_id}
    try:
        answers = services.PartnerLookupService(client).availability(country, list(wanted))
        for answer in answers:
            line = _line_of(country, answer.company_bid or "", wanted)
            if line is not None and answer.company_status == "RESERVED":
                _reserve(client, country, line)
    except maventa.MaventaError as error:
        for line in lines:
            line.text += " " + _("Whether it is free could not be looked up: %(why)s") % {"why": error.staff_text}


def _line_of(country: str, bid: str, wanted: dict[str, Planned]) -> Planned | None:
    return wanted.get(bid) or next(
        (line for value, line in wanted.items() if business_ids.same(country, value, bid)), None
    )


def _reserve(client: maventa.Client, country: str, line: Planned) -> None:
    bid = line.row.business_id.value if line.row.business_id else ""
    ours = services.CompanyService(client).listed(bid=bid, country=country)
    if any(business_ids.same(country, company.bid or "", bid) for company in ours):
        line.text = _("It is yours at AutoInvoice, but not known here yet: it is taken over.")
        return
    line.outcome, line.steps = Outcome.RESERVED, []
    line.text = _("Another account holds this business id. Ask AutoInvoice support for a change of holder.")


def _batch(account: PartnerAccount, actor: Any, file: str, rows: int) -> Batch:
    return Batch.objects.create(
        kind=onboarding.CHAIN,
        account=account,
        actor=actor,
        label=(_("Onboard %(count)d companies of %(file)s") % {"count": rows, "file": file or _("a file")})[:200],
        state=BatchState.RUNNING,
        started_at=timezone.now(),
    )


def _submit_chunk(account: PartnerAccount, wanted: list[Planned], batch: Batch, actor: Any, file: str) -> None:
    drafts = [line.onboarding for line in wanted if line.onboarding is not None]
    try:
        with transaction.atomic():
            _save(drafts, {id(line.onboarding): line.row.number for line in wanted}, batch, actor, file)
            submitted = onboarding.submit_many(drafts, account=account, actor=actor, batch=batch)
            queued = sum(len(operations) for operations in submitted.queued.values())
            batch.total += queued
            batch.save(update_fields=["total"])
    except IntegrityError:
        for line in wanted:
            line.outcome = Outcome.REFUSED
            line.text = _("Somebody else is loading the same companies right now. Run the file again.")
        return
    reasons = {refusal.onboarding.pk: f"{refusal.reason} {refusal.remedy}".strip() for refusal in submitted.refused}
    unchanged = {row.pk for row in submitted.unchanged}
    for line in wanted:
        pk = line.onboarding.pk if line.onboarding else None
        if pk in reasons:
            line.outcome, line.text, line.steps = Outcome.REFUSED, reasons[pk], []
        elif pk in unchanged:
            line.outcome, line.text, line.steps = Outcome.NOTHING, _("It is under way already."), []


_UPDATED = (
    "name", "address1", "post_code", "post_office", "city", "email", "auth_email", "locale", "method",
    "authorization_id", "networks", "updated_at",
)  # fmt: skip


def _save(drafts: list[Onboarding], numbers: dict[int, int], batch: Batch, actor: Any, file: str) -> None:
    new = [draft for draft in drafts if draft.pk is None]
    for draft in new:
        draft.source, draft.source_file, draft.source_row = Source.FILE, file[:200], numbers[id(draft)]
        draft.batch, draft.created_by = batch, actor
    old = [draft for draft in drafts if draft.pk is not None]
    for draft in old:
        draft.updated_at = timezone.now()
    update_many(old, _UPDATED)
    Onboarding.objects.bulk_create(new, batch_size=200)
