"""Where alerts may name a person: as somebody who was told."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.alerts.models import Destination, Notice
from portal.persons import GONE_ADDRESS, Person, Place, register, set_fields


def _destinations(person: Person, accounts: Sequence[int]) -> QuerySet[Destination]:
    rows = Destination.objects.filter(recipients__icontains=person.email)
    return rows if person.email else rows.none()


def _notices(person: Person, accounts: Sequence[int]) -> QuerySet[Notice]:
    rows = Notice.objects.filter(account__in=accounts, recipient__iexact=person.email)
    return rows if person.email else rows.none()


register(
    Place(
        "alerts.destinations",
        _("Alert destinations"),
        ("recipients",),
        find=_destinations,
        stays=lambda _row: _("Alerts go there: take the address out of the destination"),
        erase=lambda _row, _person: None,
        url=lambda row: reverse("admin:alerts_destination_change", args=[row.pk]),
    )
)
register(
    Place(
        "alerts.notices",
        _("Notices of alerts"),
        ("recipient",),
        find=_notices,
        stays=lambda row: "" if row.done_at else _("On its way"),
        erase=lambda row, _person: set_fields(row, recipient=GONE_ADDRESS.format(pk=row.pk)),
    )
)
