"""
Searching for a person and removing what may go: a recorded job, done by the workers, place by place and row by row.

Each row is asked again under its lock whether it is still about the person and may go. Whoever takes over from a killed
worker goes on with what is left: a finding that is settled is not touched again.
"""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import persons
from portal.keeping import leases
from portal.keeping.person_models import WORKING_STATES, Outcome, PersonFinding, PersonRequest, RequestState
from portal.persons import Person, Place

LEASE = timedelta(seconds=120)
FORGOTTEN = timedelta(days=14)  # a request that nobody decides: whom it is about is forgotten
MOST = 2_000  # rows of a place
_UNKNOWN = gettext_lazy("This version does not know the place any more.")


def begin(person: Person, reference: str, *, accounts: list[int], by: Any) -> PersonRequest:
    """Write a request; the workers search."""
    given = [name for name in ("name", "email", "number") if getattr(person, name)]
    wanted = json.dumps({name: getattr(person, name) for name in ("name", "email", "country", "number")})
    with transaction.atomic():
        request = PersonRequest.objects.create(
            reference=reference, wanted=wanted, given=given, accounts=accounts, started_by=by
        )
        _log(request, by, ADDITION, _("Searched for a person."))
    return request


def decide(request: PersonRequest, by: Any) -> bool:
    """Have removed what may go. False: it is not to be decided any more."""
    return _decided(request, by, RequestState.REMOVING, _("Had a person's data removed."))


def drop(request: PersonRequest, by: Any) -> bool:
    """Remove nothing, and forget whom it was about."""
    return _decided(request, by, RequestState.DROPPED, _("Dropped a request about personal data."))


@transaction.atomic
def _decided(request: PersonRequest, by: Any, state: RequestState, said: str) -> bool:
    now = timezone.now()
    ended = {"ended_at": now, "wanted": ""} if state == RequestState.DROPPED else {}
    open_one = PersonRequest.objects.filter(pk=request.pk, state=RequestState.FOUND)
    if not open_one.update(state=state, decided_by=by, decided_at=now, leased_until=None, **ended):
        return False
    _log(request, by, CHANGE, said)
    return True


def work() -> int:
    """Search and remove what is waiting; returns how many requests went on. Harmless when run by two at once."""
    forget_old()
    done = 0
    for request in PersonRequest.objects.filter(state__in=WORKING_STATES).order_by("pk"):
        lease = uuid4()
        job = PersonRequest.objects.filter(pk=request.pk, state=request.state)
        if leases.take(job, lease, LEASE):
            _go_on(request, lease)
            done += 1
    return done


def forget_old() -> None:
    """Drop requests that nobody decides: nobody keeps a search for a person for long."""
    waiting = PersonRequest.objects.filter(state=RequestState.FOUND, started_at__lt=timezone.now() - FORGOTTEN)
    waiting.update(state=RequestState.DROPPED, ended_at=timezone.now(), wanted="")


def _go_on(request: PersonRequest, lease: UUID) -> None:
    person = Person(**json.loads(request.wanted))
    try:
        if request.state == RequestState.SEARCHING:
            _search(request, person, lease)
        else:
            _remove(request, person, lease)
    except leases.AWAY:
        raise
    except Exception as error:
        # Its class only: an error's words may hold the person's.
        PersonRequest.objects.filter(pk=request.pk, lease=lease).update(error=type(error).__name__)
        raise


def _search(request: PersonRequest, person: Person, lease: UUID) -> None:
    for place in persons.every():
        if place.name in request.places:
            continue
        rows = place.find(person, request.accounts).order_by("pk")[:MOST]
        found = [_found(request, place, row) for row in rows]
        request.places = [*request.places, place.name]
        with transaction.atomic():
            if not _hold(request, lease, places=request.places):
                return
            PersonFinding.objects.bulk_create(found, ignore_conflicts=True, batch_size=500)
    _hold(request, lease, state=RequestState.FOUND, error="")


def _found(request: PersonRequest, place: Place, row: Any) -> PersonFinding:
    why = str(place.stays(row))[:300]
    outcome = Outcome.STAYS if why else Outcome.CAN_GO
    url = place.url(row)[:200]
    return PersonFinding(request=request, place=place.name, row_id=row.pk, outcome=outcome, why=why, url=url)


def _remove(request: PersonRequest, person: Person, lease: UUID) -> None:
    for finding in request.findings.filter(outcome=Outcome.CAN_GO).order_by("pk").iterator():
        with transaction.atomic():
            if not _hold(request, lease):
                return
            _settle(request, person, finding)
    now = timezone.now()
    if _hold(request, lease, state=RequestState.DONE, ended_at=now, wanted="", error=""):
        said = _("Removed a person's data: %(count)d rows.")
        count = request.findings.filter(outcome=Outcome.GONE).count()
        _log(request, request.decided_by, CHANGE, said % {"count": count})


def _settle(request: PersonRequest, person: Person, finding: PersonFinding) -> None:
    """Remove the person from one row, if it is still there, still about the person, and still may go."""
    place = persons.get(finding.place)
    if place is None:
        finding.outcome, finding.why = Outcome.STAYS, str(_UNKNOWN)
    else:
        rows = place.find(person, request.accounts)
        row = rows.filter(pk=finding.row_id).first()
        if row is not None:
            row = type(row)._base_manager.select_for_update().get(pk=row.pk)  # noqa: SLF001  Django's documented name
            finding.why = str(place.stays(row))[:300]
            if not finding.why:
                place.erase(row, person)
        finding.outcome = Outcome.STAYS if finding.why else Outcome.GONE
    finding.done_at = timezone.now()
    finding.save(update_fields=["outcome", "why", "done_at"])


def _hold(request: PersonRequest, lease: UUID, **values: Any) -> bool:
    """Keep the lease for longer, and write; False: another worker has it."""
    ended = values.get("state") in (RequestState.FOUND, RequestState.DONE)
    return leases.hold(PersonRequest.objects.filter(pk=request.pk), lease, None if ended else LEASE, **values)


def _log(request: PersonRequest, by: Any, flag: int, said: str) -> None:
    if by is None:
        return
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(PersonRequest),
        object_id=str(request.pk),
        object_repr=request.reference[:200],
        action_flag=flag,
        change_message=said,
    )
