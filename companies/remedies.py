"""
What staff do about a refusal of AutoInvoice, by the error atlas; the texts are in `companies/atlas`.

Unknown ones are shown in AutoInvoice's own words, and counted.
"""

from pathlib import Path

from companies.enums import Mover
from portal import maventa
from portal.atlas import advice, catalogue
from portal.atlas.catalogue import GENERAL, Entry, Severity, words
from portal.operations.handlers import Remedy

AREA = "companies"
BID_TAKEN = "bid_taken"

# Texts that documents print come first; codes are matched exactly.
ENTRIES: tuple[Entry, ...] = (
    Entry(BID_TAKEN, Mover.SUPPORT, Severity.STOPS, pattern=words(r"BID[ _]ALREADY[ _]TAKEN")),
    Entry("visma_first", Mover.STAFF, next="retry", pattern=words(r"VISMA NETWORK MUST BE ENABLED FIRST")),
    Entry("endpoint_needed", Mover.STAFF, next="retry", pattern=words(r"GIVE SCHEME AND ENDPOINT_ID")),
    Entry("company_unverified", Mover.SIGNER, Severity.STOPS, "sign", codes=frozenset({"unauthorized"})),
    Entry("profile_name_conflict", Mover.STAFF, codes=frozenset({"profile_name_conflict"})),
    Entry("profile_eia_conflict", Mover.CUSTOMER, next="case", codes=frozenset({"profile_eia_conflict"})),
    Entry("profile_eia_bid_conflict", Mover.STAFF, codes=frozenset({"profile_eia_bid_conflict"})),
    Entry("profile_not_supported", Mover.STAFF, codes=frozenset({"profile_not_supported"})),
    Entry("profile_registry_not_supported", Mover.SUPPORT, codes=frozenset({"profile_registry_not_supported"})),
    Entry("profile_deletion_not_allowed", Mover.STAFF, codes=frozenset({"profile_deletion_not_allowed"})),
    Entry("invalid_parameters", Mover.STAFF, codes=frozenset({"invalid_parameters"})),
    Entry("conflict", Mover.STAFF, codes=frozenset({"conflict"})),
)

catalogue.register(AREA, ENTRIES, Path(__file__).parent / "atlas", Entry(GENERAL, Mover.SUPPORT, next="support"))


def is_bid_taken(error: maventa.RejectedError) -> bool:
    """Tell whether a registration was refused because the business id has an account. Only the text is documented."""
    found = catalogue.match(AREA, "", _words(error))
    return found is not None and found.key == BID_TAKEN


def remedy_for(error: maventa.RejectedError) -> Remedy | None:
    """Return what to do about a refusal; None: not known to us."""
    code, text = "unauthorized" if error.status == 401 else error.code, "\n".join(error.details) or error.text
    found = advice.find(AREA, code, text, _words(error))
    return Remedy(found.text, found.by) if found else None


def _words(error: maventa.RejectedError) -> str:
    return "\n".join(filter(None, (error.code.replace("_", " "), error.text, *error.details)))
