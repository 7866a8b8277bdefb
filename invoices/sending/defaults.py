"""How a company's invoices are sent where nothing else is said: staff's choices, laid under those of one sending."""

from collections.abc import Iterable
from typing import Any

import msgspec
from django.utils import timezone

from companies.models import Company
from invoices.models import SendingDefaults
from invoices.services import SendingOptions

_NOTHING = SendingOptions()


def of_company(company: Company) -> SendingOptions:
    """Return what staff chose for a company's invoices; what is empty is left to AutoInvoice."""
    return options_of([company.pk])[company.pk]


def options_of(company_ids: Iterable[int], chosen: SendingOptions | None = None) -> dict[int, SendingOptions]:
    """
    Return the options that invoices of each company are sent with; one statement.

    :param chosen: what was said for this sending; it goes before the defaults
    """
    ids = set(company_ids)
    rows = SendingDefaults.objects.filter(company__in=ids).values_list("company_id", "options")
    found = {pk: msgspec.convert(stored, SendingOptions) for pk, stored in rows}
    return {pk: over(found.get(pk, _NOTHING), chosen or _NOTHING) for pk in ids}


def over(defaults: SendingOptions, chosen: SendingOptions) -> SendingOptions:
    """Return the defaults with what was chosen over them."""
    if defaults == _NOTHING:
        return chosen
    return msgspec.structs.replace(defaults, **stored(chosen))


def stored(options: SendingOptions) -> dict[str, Any]:
    """Return the fields that say something."""
    return {name: value for name, value in msgspec.structs.asdict(options).items() if value != getattr(_NOTHING, name)}


def save(company: Company, options: SendingOptions, *, actor: Any) -> None:
    """Keep a company's defaults; none at all when they say nothing."""
    said = msgspec.to_builtins(stored(options))
    if not said:
        SendingDefaults.objects.filter(company=company).delete()
        return
    values = {"options": said, "changed_at": timezone.now(), "changed_by": actor}
    SendingDefaults.objects.update_or_create(company=company, defaults=values)
