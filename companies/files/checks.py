"""What is wrong with one row, all at once, each at its field."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from companies import business_ids, policies
from companies.files import repairs
from companies.files.fields import FIELDS, Field
from companies.files.rows import Row
from companies.networks import catalogue
from portal.partners.models import Method, PartnerAccount

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")


def check(row: Row, account: PartnerAccount) -> Row:
    """Tidy a row, repair what can be proven, and write down everything that is wrong with it."""
    repairs.tidy(row)
    faulty = {error.field for error in row.errors}
    for field in FIELDS:
        if field.name not in faulty and not _stands_in(row, field):
            _check_value(row, field, row.values[field.name])
    wrong = {error.field for error in row.errors}
    _check_company(row, wrong)
    _check_signer(row, account, wrong)
    _check_networks(row, wrong)
    return row


def _stands_in(row: Row, field: Field) -> bool:
    """Tell whether the field only repeats another, whose faults are told there."""
    return field.name == "post_office" and row.values["post_office"] == row.values["city"]


def _check_value(row: Row, field: Field, value: str) -> None:
    if not value:
        if not field.may_be_empty:
            row.refuse(field.name, _("This is empty. Fill it in."))
    elif value.startswith(_FORMULA) or (value[0] == "'" and value[1:].startswith(_FORMULA)):
        row.refuse(
            field.name,
            _("It begins with “%(sign)s”, as formulas do. Take that character away.") % {"sign": value.lstrip("'")[0]},
        )
    elif _CONTROL.search(value):
        row.refuse(field.name, _("It holds characters that cannot be seen. Type it anew."))
    elif field.most and len(value) > field.most:
        row.refuse(field.name, _("It is longer than %(most)d characters. Shorten it.") % {"most": field.most})


def _check_company(row: Row, wrong: Iterable[str]) -> None:
    values = row.values
    if "name" not in wrong and len(values["name"]) < 3:
        row.refuse("name", _("AutoInvoice wants 3 characters or more. Give the full registered name."))
    if "country" not in wrong and values["country"] not in business_ids.COUNTRIES:
        known = ", ".join(business_ids.COUNTRIES)
        row.refuse(
            "country", _("AutoInvoice takes no companies of this country. Use one of %(known)s.") % {"known": known}
        )
    elif "country" not in wrong and "bid" not in wrong:
        repairs.business_id(row)
        repairs.post_code(row)
    _check_email(row, "email", wrong)


def _check_signer(row: Row, account: PartnerAccount, wrong: Iterable[str]) -> None:
    values = row.values
    _check_email(row, "auth_email", wrong)
    if "locale" not in wrong and values["locale"] and values["locale"] not in policies.locales():
        row.refuse("locale", _("Use one of %(known)s.") % {"known": ", ".join(policies.locales())})
    method = values["method"] or account.default_method
    if "method" in wrong:
        return
    if method not in Method.values:
        row.refuse("method", _("Use one of %(known)s.") % {"known": ", ".join(Method.values)})
    elif method == Method.OWN and not account.own_kyc:
        row.refuse("method", _("This partner account may not verify customers itself. Use visma_sign."))
    elif method == Method.OWN and not values["authorization_id"]:
        row.refuse("authorization_id", _("The own process needs the id under which the proof is kept. Fill it in."))


def _check_networks(row: Row, wrong: Iterable[str]) -> None:
    if "networks" in wrong:
        return
    country = row.values["country"]
    unknown = [name for name in row.networks if name not in catalogue.activatable()]
    if unknown:
        row.refuse(
            "networks",
            _("There is no network %(names)s to activate. Use %(known)s, parted by blanks.")
            % {"names": ", ".join(unknown), "known": ", ".join(catalogue.activatable())},
        )
    for name in row.networks:
        countries = catalogue.countries_of(name)
        if name not in unknown and countries and country not in countries:
            row.refuse(
                "networks",
                _("%(name)s is only for companies of %(countries)s. Take it away.")
                % {"name": name, "countries": ", ".join(countries)},
            )


def _check_email(row: Row, column: str, wrong: Iterable[str]) -> None:
    if column in wrong:
        return
    try:
        validate_email(row.values[column])
    except ValidationError:
        row.refuse(column, _("This is no e-mail address."))
