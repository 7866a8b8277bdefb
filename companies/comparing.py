"""Comparing what is known of a company (its state and authorization, its registrations) with AutoInvoice."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from companies import mirrors, services
from companies.models import Company, NetworkProfile, company_of
from portal import maventa
from portal.sync import comparing
from portal.sync.comparing import Comparer, Difference, Heard, Taken, Told
from portal.sync.feeds import Place, Window
from portal.webhooks import replay, telling

_ACTIONS = {"active": "ENABLED", "disabled": "DISABLED", "pending": "CREATED"}


def _company(place: Place) -> Company | None:
    company = company_of(place.account, place.company)
    if company is not None:
        company.account = place.account
    return company


@comparing.register
class StatusComparer(Comparer):
    """Whether the company may act, and how its authorization stands."""

    name = "companies.status"
    label = _("Authorization of companies")

    def read(self, client: maventa.Client, window: Window) -> Iterator[Heard]:
        if client.company is not None:
            partner = client.for_company(client.credentials.partner_company)
            yield Heard(self.name, [services.AuthorizationService(partner).status(client.company)])

    def taken(self, place: Place, heard: Heard) -> dict[str, Taken]:
        company = _company(place)
        if company is None:
            return {}
        facts = {"state": company.state, "authorization": company.auth_state, "signer": company.auth_email}
        return {str(company.uuid): Taken(str(company), facts, company.state_at)}

    def write(self, place: Place, heard: Heard, at: datetime) -> None:
        company = _company(place)
        if company is not None:
            for status in heard.items:
                mirrors.write_status(company, status, at)

    def told(self, place: Place, difference: Difference) -> Told:
        if difference.fact != "state":
            return Told()  # who signs, and when a link ran out, no event tells
        event = f"COMPANIES.AUTHORIZATION.{difference.remote}"
        return Told(event, telling.latest(place.account.pk, place.company_uuid, [event], since=difference.since))


@comparing.register
class ProfileComparer(Comparer):
    """All registrations of the company in networks."""

    name = "companies.profile"
    label = _("Network profiles")

    def read(self, client: maventa.Client, window: Window) -> Iterator[Heard]:
        try:
            yield Heard(self.name, services.NetworkService(client).listed())
        except maventa.RejectedError as error:
            if error.status not in (401, 403):  # a company that is not verified has none that could be asked for
                raise

    def taken(self, place: Place, heard: Heard) -> dict[str, Taken]:
        company = _company(place)
        rows = NetworkProfile.objects.filter(company=company).defer("endpoint_id_secret") if company else []
        return {
            row.remote_id: Taken(
                f"{company} · {row.network}",
                {"network": row.network, "status": row.status, "address": f"{row.scheme}:{row.endpoint_id}".strip(":")},
                row.fact_at,
            )
            for row in rows
        }

    def write(self, place: Place, heard: Heard, at: datetime) -> None:
        company = _company(place)
        if company is not None:
            mirrors.write_profiles(company, heard.items, at, whole=True)

    def told(self, place: Place, difference: Difference) -> Told:
        words = difference.remote.split(", ")
        action = next((_ACTIONS[word.lower()] for word in reversed(words) if word.lower() in _ACTIONS), "")
        if not action or difference.fact == "address":
            return Told()
        network = difference.title.rpartition(" · ")[2]
        event = f"NETWORKS.{network}.{action}"
        came = telling.latest(place.account.pk, place.company_uuid, [event], subject=difference.subject)
        return Told(event, came)


@replay.register_rows
def _rows(account_id: int, company: UUID, _subject: str) -> replay.Rows:
    """Take down a company and its registrations as an event may change them."""
    row = Company.objects.filter(account=account_id, uuid=company).first()
    if row is None:
        return {}
    profiles = NetworkProfile.objects.filter(company=row).only("remote_id", "network", "status")
    rows = {f"{row} · {profile.network} {profile.remote_id}": {"status": profile.status} for profile in profiles}
    return {str(row): {"state": row.state, "authorization": row.auth_state}, **rows}
