"""
Whether events can still come: subscriptions that are missing, doubled, lead to a wrong address, or have fallen silent.

`troubles` is what the dashboard shows, and what alerts may be made of: each keeps its name while it lasts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.operations.enums import OPEN_STATES
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.webhooks import addresses
from portal.webhooks.enums import Reach
from portal.webhooks.models import Delivery, Subscription

MISSING, DOUBLED, WRONG_URL, SILENT = "missing", "doubled", "wrong_url", "silent"
_LATELY = timedelta(days=7)
_FEW = 20  # deliveries of a week from which nothing usual can be told
_SHORTEST_SILENCE = timedelta(hours=6)
_MANY_TIMES = 10  # the usual pause, until silence is trouble


@dataclass(frozen=True, slots=True)
class Trouble:
    """
    One thing that keeps events from coming.

    :ivar kind: MISSING, DOUBLED, WRONG_URL or SILENT; with the account it names the trouble while it lasts
    """

    account: PartnerAccount
    kind: str
    text: str | Promise
    remedy: str | Promise


def troubles(account: PartnerAccount) -> list[Trouble]:
    """Return what is wrong with an account's subscriptions, by what was last read of them and what came."""
    live = Subscription.objects.live().filter(account=account, secret__isnull=False).select_related("secret")
    ours = [subscription for subscription in live if subscription.reach == Reach.VENDOR]
    return [*_of_list(account, ours), *(_of_silence(account) if ours else ())]


def _of_list(account: PartnerAccount, ours: Sequence[Subscription]) -> Iterator[Trouble]:
    if not ours and _waits_for_events(account):
        remedy = _("Subscribe under In step, Subscriptions. Until then states are polled, which is slower.")
        yield Trouble(account, MISSING, _("No subscription brings all companies' events here."), remedy)
    lasting = [one for one in ours if one.secret is not None and one.secret.valid_until is None]
    if len(lasting) > 1 and all(one.secret is not None and one.secret.first_used_at for one in lasting):
        remedy = _("Unsubscribe the older one; each event costs twice until then.")
        yield Trouble(account, DOUBLED, _("Two subscriptions bring the same events."), remedy)
    for one in ours:
        if one.secret is None:
            continue
        one.secret.account = account
        if one.destination != addresses.shown(one.secret):
            remedy = _("Replace its secret: the new subscription gets the present address.")
            yield Trouble(account, WRONG_URL, _("A subscription leads to another address than PUBLIC_URL."), remedy)


def _waits_for_events(account: PartnerAccount) -> bool:
    """Tell whether anything was done with the account that events would tell of, and nobody is subscribing just now."""
    done = Operation.objects.filter(account=account).exclude(kind__startswith="webhooks.")
    asked = Operation.objects.filter(account=account, kind="webhooks.subscribe", named_case="")
    # State by state: given several, SQLite reads all operations there are.
    return done.exists() and not any(asked.filter(state=state).exists() for state in OPEN_STATES)


def _of_silence(account: PartnerAccount) -> Iterator[Trouble]:
    now = timezone.now()
    latest = Delivery.objects.filter(account=account).order_by("-id").values_list("received_at", flat=True).first()
    if latest is None or now - latest < _SHORTEST_SILENCE:
        return
    before = Delivery.objects.filter(account=account, received_at__gte=latest - _LATELY, received_at__lte=latest)
    count = before.count()
    if count >= _FEW and now - latest > _LATELY / count * _MANY_TIMES:
        remedy = _("Look whether AutoInvoice can reach PUBLIC_URL from outside, then ask for missed events.")
        yield Trouble(account, SILENT, _("No event has come for longer than usual."), remedy)
