"""
What would happen with rows of a file by what the portal knows already; nothing is asked, written or sent.

A prediction is stored as words of ours, not as sentences: `words` makes those in the reader's language.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from companies import known, onboarding, policies
from companies.enums import RowChange, RowOutcome
from companies.models import Company, ImportRow, Onboarding
from companies.networks import catalogue, peppol
from companies.onboarding import ACTIVATE, AUTHORIZE, REGISTER, Step
from companies.planning import drafts
from portal.operations.enums import State
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount

UnderWay = known.UnderWay


@dataclass(slots=True)
class Planned:
    """One row, and what becomes of it."""

    row: ImportRow
    outcome: RowOutcome
    draft: Onboarding | None = None
    company: Company | None = None
    steps: list[Step] = field(default_factory=list)
    why: list[str] = field(default_factory=list)  # words of `words.WHY`
    facts: dict[str, Any] = field(default_factory=dict)  # what those sentences name

    @property
    def registers(self) -> bool:
        return any(step.kind == REGISTER for step in self.steps)

    @property
    def joins(self) -> list[str]:
        """Networks that are activated."""
        return [step.network for step in self.steps if step.kind == ACTIVATE]

    def refuse(self, outcome: RowOutcome, why: str, **facts: Any) -> None:
        """The row is left out, so that nothing else that was said of it holds."""
        self.outcome, self.steps, self.why, self.facts = outcome, [], [why], facts

    def stored(self) -> dict[str, Any]:
        """Return what is kept in `ImportRow.prediction`."""
        steps = [[step.kind, step.network] if step.network else [step.kind] for step in self.steps]
        return {"steps": steps, "why": self.why} | self.facts


def predict(account: PartnerAccount, rows: Sequence[ImportRow]) -> list[Planned]:
    """Return what would happen with some hundred rows."""
    chunk = drafts.Chunk(account, rows)
    done = _done_before(chunk)
    return [_predict_row(row, chunk, done) for row in rows]


def _predict_row(row: ImportRow, chunk: drafts.Chunk, done: dict[int, set[UnderWay]]) -> Planned:
    draft = chunk.wanted.get(row.pk)
    if draft is None:
        return Planned(row, RowOutcome.ERROR)
    planned = Planned(row, RowOutcome.NOTHING, draft, chunk.here.company_of(draft))
    if planned.company is not None and planned.company.uuid == chunk.account.company_uuid:
        planned.refuse(RowOutcome.REFUSED, "own_company")
        return planned
    planned.steps = onboarding.lacking(draft, chunk.here)
    try:
        onboarding.check(draft, planned.steps)
    except NotQueueableError as exc:
        planned.refuse(RowOutcome.REFUSED, "policy", text=exc.staff_text)
        return planned
    _judge(planned, done.get(draft.pk or 0, set()))
    return planned


def _judge(planned: Planned, done: set[UnderWay]) -> None:
    if planned.row.change == RowChange.UNCHANGED and _is_all_done(planned, done):
        planned.facts["left"] = [f"{step.kind} {step.network}".strip() for step in planned.steps]
        planned.outcome, planned.steps = RowOutcome.UNCHANGED, []
        planned.why.append("unchanged")
        return
    planned.outcome = _outcome(planned)
    planned.why += _reasons(planned)
    if planned.steps:
        _note_address(planned)
        _note_request(planned)


def _is_all_done(planned: Planned, done: set[UnderWay]) -> bool:
    """Tell whether all that the row lacks was done once: who undid it, or let it expire, decides about it."""
    return all((step.kind, step.network) in done for step in planned.steps)


def _outcome(planned: Planned) -> RowOutcome:
    if not planned.steps:
        return RowOutcome.NOTHING
    if not planned.registers:
        return RowOutcome.ADD
    return RowOutcome.SUPPORT if _needs_support(planned) else RowOutcome.NEW


def _needs_support(planned: Planned) -> bool:
    draft = planned.draft
    return draft is not None and policies.needs_support(draft.country, draft.effective_method)


def _reasons(planned: Planned) -> list[str]:
    word = {RowOutcome.NOTHING: "nothing", RowOutcome.ADD: "add"}.get(planned.outcome, "new")
    if planned.outcome == RowOutcome.NOTHING and planned.company is None:
        word = "under_way"
    unverified = planned.company is None or not planned.company.is_usable
    return [word, "support"] if unverified and _needs_support(planned) else [word]


def _note_address(planned: Planned) -> None:
    """Note scheme and address in Peppol, a person's number left out; what the row cannot have is told."""
    draft = planned.draft
    if draft is None or catalogue.PEPPOL not in planned.joins:
        return
    endpoint = peppol.expected_endpoint(draft.country, draft.real_business_id)
    if endpoint is None:
        planned.why.append("no_address")
        return
    planned.facts["scheme"] = endpoint.scheme
    if not draft.business_id_secret:
        planned.facts["endpoint"] = endpoint.endpoint_id


def _note_request(planned: Planned) -> None:
    """Note which requests can travel in one call, without naming who signs."""
    for step in planned.steps:
        if step.kind == AUTHORIZE and planned.draft is not None:
            asked = step.parameters
            parts = (planned.draft.country, asked["method"], asked["email"].lower(), asked["locale"],
                     asked["authorization_id"])  # fmt: skip
            planned.facts["request"] = hashlib.blake2b("|".join(parts).encode(), digest_size=8).hexdigest()
            planned.facts["locale"], planned.facts["method"] = asked["locale"], asked["method"]


def _done_before(chunk: drafts.Chunk) -> dict[int, set[UnderWay]]:
    """Return by onboarding what was done for rows that say the same as the last time."""
    wanted = chunk.wanted
    ids = [wanted[row.pk].pk for row in chunk.rows if row.change == RowChange.UNCHANGED and row.pk in wanted]
    found: dict[int, set[UnderWay]] = {}
    stored = [pk for pk in ids if pk]
    if not stored:
        return found
    operations = Operation.objects.filter(account=chunk.account, onboarding_id__in=stored, state=State.DONE)
    for pk, kind, parameters in operations.values_list("onboarding_id", "kind", "parameters"):
        found.setdefault(pk or 0, set()).add((kind, str(parameters.get("network", ""))))
    return found
