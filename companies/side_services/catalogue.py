"""
Services beside the networks: what each is, where it exists, and what AutoInvoice's words for its state mean.

Countries are those of the documents; where they name none the service is for all. Lyanthe is a Dutch product, which
nothing but its name tells: no refusal of AutoInvoice is known.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from portal.operations.handlers import Text

SCAN, AUTOSCAN, LYANTHE = "SCAN", "AUTOSCAN", "LYANTHE"
ATG, B2CNO, B2CSE, ODP = "ATG", "B2CNO", "B2CSE", "ODP"
NONE = "none"  # ours: AutoInvoice knows of no such service for the company

LIVE = ("active", "ACTIVE", "TRUSTED")
COMING = ("pending", "PENDING")
BROKEN = ("error", "ERROR", "FAULT")
OFF = (NONE, "inactive", "INACTIVE", "disabled", "DISABLED", "FREE", "CREATED")


@dataclass(frozen=True, slots=True)
class Service:
    """One service, in staff language."""

    name: str
    title: Text
    what: Text
    countries: tuple[str, ...] = ()  # () for all
    needs_visma: bool = False
    several: bool = False  # a company may have more than one, told apart by `ServiceState.key`

    def fits(self, country: str) -> bool:
        return not self.countries or country in self.countries


SERVICES = (
    Service(
        SCAN,
        _("Scan service"),
        _(
            "Paper and PDF invoices go to an address of the scan service; people and machines read them, and they "
            "arrive as e-invoices."
        ),
        ("FI", "SE", "NO", "DK", "NL", "BE"),
        needs_visma=True,
    ),
    Service(
        AUTOSCAN,
        _("AutoScan"),
        _(
            "PDF invoices that are mailed to the company's own address are read by machine only. What holds no "
            "invoice goes back to the return e-mail; without one AutoInvoice closes AutoScan."
        ),
        needs_visma=True,
    ),
    Service(
        ATG,
        _("AvtaleGiro"),
        _("Consumers who have agreed to it pay by direct debit. Each bank account has an agreement of its own."),
        ("NO",),
        several=True,
    ),
    Service(
        B2CNO,
        _("eFaktura to consumers (B2C)"),
        _("Invoices reach Norwegian consumers in their bank or digital mailbox."),
        ("NO",),
    ),
    Service(
        B2CSE,
        _("E-invoices to consumers (B2C agreement)"),
        _("Swedish consumers get the company's invoices in their bank, by an agreement on one giro account."),
        ("SE",),
    ),
    Service(
        LYANTHE,
        _("Lyanthe scanning"),
        _("Invoices scanned by Lyanthe come in from its e-mail address."),
        ("NL",),
    ),
    Service(
        ODP,
        _("Outgoing document prefix (ODP)"),
        _("Whether AutoInvoice's ODP service trusts the documents that the company sends."),
        several=True,
    ),
)
_BY_NAME = {service.name: service for service in SERVICES}


def service(name: str) -> Service:
    """Return a service; one that we do not know is shown by its name alone."""
    return _BY_NAME.get(name) or Service(name, name, "")


def fitting(country: str) -> list[Service]:
    return [item for item in SERVICES if item.fits(country)]


def not_fitting(country: str) -> list[Service]:
    return [item for item in SERVICES if not item.fits(country)]
