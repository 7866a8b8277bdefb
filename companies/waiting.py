"""Waiting in a command until onboardings can go on by themselves no further."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from companies.enums import ProfileStatus
from companies.models import NetworkProfile, Onboarding
from companies.networks import catalogue
from portal.operations import runner
from portal.operations.enums import State
from portal.operations.models import Operation, Wait
from portal.partners.models import PartnerAccount
from portal.sync import runs

_PAUSE = 0.25
_AT_ONCE = 500


def wait_for(account: PartnerAccount, onboardings: Sequence[int], timeout: float) -> bool:
    """
    Work along with the workers, if there are any, until these onboardings need somebody outside; False: time was up.

    :param onboardings: their ids
    :param timeout: seconds
    """
    give_up_at = time.monotonic() + timeout
    while moving(account, onboardings):
        left = give_up_at - time.monotonic()
        if left <= 0:
            return False
        runner.run_until_idle(account, timeout=min(2.0, left))
        runs.run_due(budget=min(2.0, left))
        time.sleep(_PAUSE)
    return True


def moving(account: PartnerAccount, onboardings: Sequence[int]) -> bool:
    """Tell whether anything of these onboardings can still go on without a person."""
    chunks = (list(onboardings[start : start + _AT_ONCE]) for start in range(0, len(onboardings), _AT_ONCE))
    return any(_moving(account, chunk) for chunk in chunks)


def _moving(account: PartnerAccount, ids: list[int]) -> bool:
    operations = Operation.objects.filter(account=account, onboarding_id__in=ids, named_case="")
    for_a_person = Wait.objects.filter(operation=OuterRef("pk"), fact__startswith="company.verified:")
    going = Q(state__in=(State.QUEUED, State.SENDING, State.UNKNOWN)) | Q(~Exists(for_a_person), state=State.WAITING)
    if operations.filter(going).exists():
        return True
    opening = NetworkProfile.objects.filter(company__onboardings__in=ids, status=ProfileStatus.PENDING)
    return opening.exclude(network=catalogue.BANK).exists()  # a bank takes days


@dataclass(frozen=True, slots=True)
class Standing:
    """How one onboarding stands."""

    onboarding: Onboarding
    networks: list[str]  # active ones


def standing(ids: Sequence[int]) -> dict[int, Standing]:
    """Return onboardings by id with their companies and active networks, as they are now."""
    found: dict[int, Standing] = {}
    for start in range(0, len(ids), _AT_ONCE):
        chunk = list(ids[start : start + _AT_ONCE])
        active: dict[int, list[str]] = defaultdict(list)
        profiles = NetworkProfile.objects.filter(company__onboardings__in=chunk, status=ProfileStatus.ACTIVE)
        for pk, network in profiles.order_by("network").values_list("company__onboardings", "network").distinct():
            active[pk].append(network)
        rows = Onboarding.objects.select_related("company").in_bulk(chunk)
        found |= {pk: Standing(row, active[pk]) for pk, row in rows.items()}
    return found
