"""Which company of this simulator an address means, and which networks are open."""

import sqlite3

from portal.sandbox.api import companies, profiles
from portal.sandbox.documents.addresses import compact, endpoint_identity


class Receivers:
    """Looks companies up for one sender."""

    def __init__(self, db: sqlite3.Connection, sender_id: str) -> None:
        self._db = db
        self._sender_id = sender_id

    def by_address(self, scheme: str, value: str) -> str | None:
        """The company whose e-address this is: one it registered, or one that follows from its business id."""
        if not value:
            return None
        for spelling in dict.fromkeys((value, compact(value))):
            registered = profiles.find_receiver(self._db, scheme, spelling)
            if registered is not None:
                return registered
        country, _, number = endpoint_identity(scheme, value).partition(":")
        return self._id_by_number(country, number) if number else None

    def by_number(self, country: str, *numbers: str) -> str | None:
        """The company with one of these business ids or VAT numbers, in any writing."""
        for number in numbers:
            found = self._id_by_number(country or number[:2].upper(), number) if number else None
            if found:
                return found
        return None

    def is_outside(self, scheme: str, value: str) -> bool:
        """Whether a Peppol receiver outside has the address: a standing one, or one put in by the control API."""
        found = self._db.execute(
            "select 1 from external_receivers where network = 'PEPPOL' and endpoint_id in (?, ?) and ? in ('', scheme)",
            (value, compact(value), scheme),
        ).fetchone()
        return found is not None

    def receives(self, company_id: str) -> bool:
        """Verified, not switched off, and VISMA open: what receiving takes."""
        company = companies.get(self._db, company_id)
        return company is not None and company.verified and not company.disabled and self.is_active(company_id, "VISMA")

    def is_active(self, company_id: str, network: str) -> bool:
        return profiles.active(self._db, company_id, network) is not None

    def sender_has_bank(self) -> bool:
        return self.is_active(self._sender_id, "BANK")

    def _id_by_number(self, country: str, number: str) -> str | None:
        company = companies.find_by_bid(self._db, number, country if country.isalpha() else None)
        return company.id if company else None
