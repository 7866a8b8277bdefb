"""
What a change of business id takes, in order. Elsewhere a new account is needed; in Norway support changes the old one.

Each step leads to the act that does it. Closing and unlinking the old account come last: until then it receives.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from companies.enums import Mover
from companies.models import IdentityChange
from portal.operations.handlers import Text


@dataclass(frozen=True, slots=True)
class IdentityStep:
    """One step: what, why, whose, and the page that does it ("" when it happens elsewhere)."""

    name: str
    title: Text
    why: Text
    whose: Mover = Mover.STAFF
    leads_to: str = ""  # onboard, company, services, users, settings, departments, networks, mail
    of_new: bool = False  # the page is the new account's


_REGISTER = IdentityStep(
    "register",
    _("The register shows the new business id"),
    _("AutoInvoice checks it. Ask the customer for an extract, and who may sign now."),
    Mover.CUSTOMER,
)
_NEW_ACCOUNT = (
    _REGISTER,
    IdentityStep(
        "onboard",
        _("Onboard the company under the new business id"),
        _("An account keeps its business id for ever: the new one gets an account of its own."),
        leads_to="onboard",
    ),
    IdentityStep(
        "authorize",
        _("The new account is authorized"),
        _("The old authorization does not count for it."),
        Mover.SIGNER,
        leads_to="company",
        of_new=True,
    ),
    IdentityStep(
        "networks",
        _("The new account is in the same networks"),
        _("Its addresses follow from the new business id; addresses of another kind, such as a GLN, move last."),
        leads_to="company",
        of_new=True,
    ),
    IdentityStep(
        "settings",
        _("Settings and users are as they were"),
        _("Notifications, printing, logos, billing; and no former admin is left behind in either account."),
        leads_to="company",
        of_new=True,
    ),
    IdentityStep(
        "services",
        _("Scanning and national services are agreed anew"),
        _("Scan addresses, AvtaleGiro and B2C agreements belong to the business id that made them."),
        leads_to="services",
        of_new=True,
    ),
    IdentityStep(
        "senders",
        _("Senders know the new addresses"),
        _("Until they do, the old account goes on receiving: two to four weeks are usual."),
        Mover.CUSTOMER,
    ),
    IdentityStep(
        "fetch",
        _("The last invoices of the old account are fetched"),
        _("Nothing new arrives, and what waits is marked as handled."),
        leads_to="invoices",
    ),
    IdentityStep(
        "close_networks",
        _("The old account leaves its networks"),
        _("VISMA last, for the others need it. From now on nothing reaches the old addresses."),
        leads_to="overview",
    ),
    IdentityStep(
        "close_services",
        _("The old account's services are closed"),
        _("Material is still passed on for 60 days."),
        leads_to="services",
    ),
    IdentityStep(
        "support",
        _("AutoInvoice support closes the old account"),
        _("Its invoices stay readable. The letter is drafted below."),
        Mover.SUPPORT,
        leads_to="mail",
    ),
    IdentityStep(
        "unlink",
        _("The old account is unlinked from our software"),
        _("The last step: afterwards we hear nothing of it, and it is not on our bill."),
        leads_to="services",
    ),
)
_IN_NORWAY = (
    _REGISTER,
    IdentityStep(
        "support",
        _("AutoInvoice support changes the business id"),
        _("In Norway the account can stay. The letter is drafted below."),
        Mover.SUPPORT,
        leads_to="mail",
    ),
    IdentityStep(
        "look",
        _("The portal shows the new business id"),
        _("Look the company up; the list of companies brings it in the night at the latest."),
        leads_to="overview",
    ),
    IdentityStep(
        "networks",
        _("Networks have the new address"),
        _("An address with the old number is closed, and the network activated again."),
        leads_to="overview",
    ),
    IdentityStep(
        "services",
        _("AvtaleGiro and B2C are agreed anew where the bank asks for it"),
        _("Agreements belong to the business id that made them."),
        leads_to="services",
    ),
    IdentityStep(
        "users",
        _("No former admin is left"),
        _("A new business id often means new owners."),
        leads_to="users",
    ),
    IdentityStep("senders", _("Senders know the new number"), _("Invoices to the old one come back."), Mover.CUSTOMER),
)


def steps_of(change: IdentityChange) -> tuple[IdentityStep, ...]:
    """Return the steps of a change; one that stays in Norway keeps its account."""
    stays = change.country == change.company.country == "NO"
    return _IN_NORWAY if stays else _NEW_ACCOUNT
