"""Special service levels of companies with Kassavirta: the list says who has one; who left it has the default again."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import cursors, registry
from portal.sync.feeds import Feed, Page, Place, Scope, Window
from portal.sync.models import Cursor
from receivables import wire
from receivables.collection.agencies import FULL
from receivables.enums import Agency
from receivables.models import CollectionService, ServiceLevel
from receivables.services.levels import LevelService

_AT_ONCE = 1000


@registry.register
class LevelFeed(Feed[wire.ServiceLevel]):
    """All special levels of one company."""

    name = "receivables.service_levels"
    label = _("Service levels")
    scope = Scope.COMPANY
    every = timedelta(hours=6)
    slowest = timedelta(days=1)
    model = ServiceLevel
    key = ("account", "company", "business_id")
    columns = ("level", "name")
    touch = True  # what was not in the list is told by its age

    def pages(
        self, client: maventa.Client, window: Window, position: dict[str, Any]
    ) -> Iterator[Page[wire.ServiceLevel]]:
        for items in LevelService(client).levels():
            yield Page(items)

    def rows(self, place: Place, items: list[wire.ServiceLevel], read_at: datetime) -> Iterable[ServiceLevel]:
        company = _company(place)
        if company is None:
            return []
        return [
            ServiceLevel(
                account=place.account,
                company=company,
                business_id=item.business_id[:40],
                name=(item.name or "")[:300],
                level=(item.level or "")[:40],
                fact_at=read_at,
            )
            for item in items
            if item.business_id
        ]

    def finished(self, place: Place, window: Window) -> None:
        """Drop who is not listed any more; what staff set since is newer than the list."""
        if company := _company(place):
            ServiceLevel.objects.filter(company=company, fact_at__lt=window.until).delete()


def follow_companies(account: PartnerAccount) -> int:
    """Read the levels of companies with Kassavirta; returns how many are new."""
    followed = Cursor.objects.filter(source=LevelFeed.name, account=account)
    active = CollectionService.objects.active().filter(account=account, agency=Agency.AMILI, service_type=FULL)
    new = active.filter(~Exists(followed.filter(company_uuid=OuterRef("company__uuid"))))
    uuids = list(new.values_list("company__uuid", flat=True)[:_AT_ONCE])
    cursors.follow(LevelFeed.name, account, uuids)
    return len(uuids)


def _company(place: Place) -> Company | None:
    if place.company_uuid is None:
        return None
    return Company.objects.filter(account=place.account, uuid=place.company_uuid).first()
