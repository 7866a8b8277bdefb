"""What the portal says of dates, payment and ways before a file goes out; all of it is advice, as in `checks`."""

import datetime as dt
import re
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import bic

from companies.facts import is_active
from companies.models import Company
from companies.networks import catalogue
from invoices.documents import Document, Party
from invoices.documents.details import PaymentMeans
from invoices.documents.payments import is_iban
from invoices.sending import references
from invoices.sending.concerns import Concern

_AHEAD, _BACK = dt.timedelta(days=31), dt.timedelta(days=366)
_LONGEST_TERM = dt.timedelta(days=366)
_LOOKS_LIKE_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}")
_CHECK_DATE = gettext_lazy("Ask the customer to check the date, and to export the invoice again.")


def today() -> dt.date:
    """Return the day that dates are held against."""
    return timezone.localdate()


def about_dates(document: Document) -> Iterator[Concern]:
    """Yield what is odd about the dates of an invoice; years that a typing mistake makes, mostly."""
    date, due = document.date, document.due_date
    if date and not today() - _BACK <= date <= today() + _AHEAD:
        yield Concern(
            "date_out_of_range", _("The invoice is dated %(date)s.") % {"date": date.isoformat()}, _CHECK_DATE
        )
    if date and due and due < date and not document.is_credit_note:
        values = {"due": due.isoformat(), "date": date.isoformat()}
        yield Concern("due_before_date", _("It is due on %(due)s, before its date %(date)s.") % values, _CHECK_DATE)
    if date and due and due - date > _LONGEST_TERM:
        yield Concern("due_out_of_range", _("It is due on %(due)s only.") % {"due": due.isoformat()}, _CHECK_DATE)


def about_payment(document: Document) -> Iterator[Concern]:
    """Yield accounts and references whose check digits are wrong: the money would not arrive, or not be found."""
    country = document.seller.country
    told: set[str] = set()
    for means in document.payment:
        if means.account not in told and _is_wrong_account(means):
            told.add(means.account)
            yield Concern(
                "iban_wrong",
                _("The check digits of the account are wrong: %(account)s.") % {"account": means.account[:40]},
                _("Ask the customer to correct the account; the receiver's bank will refuse the payment."),
            )
        if means.reference and means.reference not in told and references.is_wrong(means.reference, country):
            told.add(means.reference)
            yield Concern(
                "reference_wrong",
                _("The check digit of the payment reference is wrong: %(reference)s.")
                % {"reference": means.reference[:40]},
                _("Ask the customer to correct it; the payment would not find its invoice."),
            )


def _is_wrong_account(means: PaymentMeans) -> bool:
    compact = means.account.replace(" ", "").upper()
    if means.account_scheme.upper() != "IBAN" and not _LOOKS_LIKE_IBAN.fullmatch(compact):
        return False
    return bool(compact) and not is_iban(compact)


def about_ways(document: Document, company: Company, disabled: tuple[str, ...]) -> Iterator[Concern]:
    """
    Yield ways that AutoInvoice will refuse, as far as the file and the company's mirror tell.

    :param disabled: ways that the company's defaults leave out: "einvoice", "email", "print"
    """
    buyer = document.buyer
    if not buyer.is_reachable:
        return  # said already
    ways = [way for way in _ways(buyer) if way not in disabled]
    if not ways:
        yield Concern(
            "no_way_left",
            _("No way to the receiver is left: what the invoice has is switched off in the company's defaults."),
            _("Add an address to the invoice, or open a way in the defaults."),
        )
    elif ways == ["print"] and _is_print_off(company):
        yield Concern(
            "print_off",
            _("The invoice can only go as a letter, and printing is switched off for %(company)s.")
            % {"company": company},
            _("Switch printing on in the company's settings, or give an e-invoice address."),
        )
    if (
        "einvoice" in ways
        and buyer.operator
        and bic.is_valid(buyer.operator)
        and not is_active(company, catalogue.BANK)
    ):
        yield Concern(
            "bank_not_open",
            _("The receiver's operator is a bank (%(operator)s), and the bank network is not open for %(company)s.")
            % {"operator": buyer.operator, "company": company},
            _("Activate BANK for the company first; it opens in 1 to 3 days."),
        )


def _ways(buyer: Party) -> list[str]:
    """Return the ways that the receiver's data allow."""
    known = (
        ("einvoice", buyer.endpoint or buyer.identifiers),
        ("email", buyer.email),
        ("print", buyer.has_postal_address),
    )
    return [way for way, there in known if there]


def _is_print_off(company: Company) -> bool:
    """Tell whether letters are switched off, as far as we know the company's settings."""
    block = company.settings.get("send_invoice_print") or {}
    return block.get("enabled") is False
