"""Whose invoice a file is: the companies of an account that its parties are, found for many files at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from companies import business_ids
from companies.models import Company
from invoices.documents import Party
from portal.partners import concealed
from portal.partners.models import PartnerAccount

_REMEMBERED = 20_000


class Directory:
    """The companies of an account that are any of some parties; one statement reads them."""

    def __init__(self, account: PartnerAccount, parties: Iterable[Party], country: str = "") -> None:
        """:param country: of a party that does not say where it is; "": any"""
        self._country = country
        wanted = {digest for party in parties for digest in self.digests(party)}
        self._known: dict[str, list[Company]] = defaultdict(list)
        rows = Company.objects.filter(account=account, business_id_digest__in=wanted)
        for company in rows.prefetch_related("profiles").order_by("pk"):
            company.account = account
            self._known[company.business_id_digest].append(company)

    def digests(self, party: Party) -> tuple[str, ...]:
        """Return the digests under which a party would be stored, for all ways its ids are written."""
        return _digests(party.country or self._country, (*party.ids, party.endpoint))

    def companies(self, party: Party) -> list[Company]:
        """Return the companies that a party can be; several when a business id is in the account more than once."""
        found = {company.pk: company for digest in self.digests(party) for company in self._known.get(digest, ())}
        return list(found.values())


def sender_key(sender: Party) -> str:
    """Return what is the same for all files of one sender, however it is called in them; it may be a person."""
    named = sorted(sender.ids) or [sender.endpoint or sender.name.casefold()]
    return concealed.digest(sender.country, "|".join(named))


@lru_cache(maxsize=_REMEMBERED)
def _digests(country: str, ids: Iterable[str]) -> tuple[str, ...]:
    countries = [country] if country else list(business_ids.COUNTRIES)
    found = (
        business_ids.digest(code, variant)
        for code in countries
        for written in ids
        if written
        for variant in _variants(code, written)
    )
    return tuple(dict.fromkeys(found))


def _variants(country: str, written: str) -> Iterator[str]:
    bare = written.rpartition(":")[2]
    yield bare
    if country == "FI" and bare.startswith("0037") and len(bare) >= 12:
        yield bare[4:12]  # an OVT holds the business id
    if bare.upper().startswith(country):
        yield bare[len(country) :]
