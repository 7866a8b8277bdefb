"""Receiving: which files a company wants, and what staff do when a received invoice is not well here."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from companies.models import Company
from invoices.enums import Direction
from invoices.files import storing
from invoices.models import Invoice, ReceivingChoice
from invoices.receiving.return_formats import USUAL, Wanted
from portal.partners.models import PartnerAccount


def attach_wanted(rows: Sequence[Invoice]) -> None:
    """Note on rows in hand which files their companies want; one query for all of them."""
    received = [row for row in rows if row.direction == Direction.RECEIVED]
    if not received:
        return
    companies, accounts = {row.company_id for row in received}, {row.account_id for row in received}
    asked = Q(company__in=companies) | Q(company=None, account__in=accounts)
    choices = {(one.account_id, one.company_id): one.wanted for one in ReceivingChoice.objects.filter(asked)}
    for row in received:
        usual = choices.get((row.account_id, None), USUAL)
        row.wanted = choices.get((row.account_id, row.company_id), usual)


def wanted_by(account: PartnerAccount, company: Company | None) -> tuple[Wanted, bool]:
    """Return the files that are fetched for a company (None: usually in the account); True: that was chosen for it."""
    found = {
        choice.company_id: choice
        for choice in ReceivingChoice.objects.filter(Q(company=company) | Q(company=None), account=account)
    }
    own = found.get(company.pk if company else None)
    choice = own or found.get(None)
    return (choice.wanted if choice else USUAL), own is not None


def choose(account: PartnerAccount, company: Company | None, wanted: Wanted, actor: Any) -> None:
    """Write a choice down; it holds for what is fetched from now on."""
    ReceivingChoice.objects.update_or_create(
        account=account,
        company=company,
        defaults={
            "xml": list(wanted.xml),
            "images": list(wanted.images),
            "attachments": wanted.attachments,
            "changed_by": actor,
        },
    )


def follow_account(company: Company) -> None:
    """Forget a company's own choice: what is usual in the account holds for it."""
    ReceivingChoice.objects.filter(company=company).delete()


def fetch_again(invoice: Invoice) -> None:
    """Have an invoice and its files fetched at once; stored bytes that have changed by themselves are let go before."""
    for file in invoice.files.all():
        storing.discard_damaged(file.sha256)
    Invoice.objects.filter(pk=invoice.pk).update(next_check_at=timezone.now(), files_at=None)


def change_seen(invoice: Invoice) -> None:
    """Note that somebody has seen that files of an invoice changed; both stay where they are."""
    Invoice.objects.filter(pk=invoice.pk).update(files_changed_at=None)
