"""What a file can say of a company: our fields, in the order in which staff read them."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Onboarding


@dataclass(frozen=True, slots=True)
class Field:
    name: str  # as in the header that we document
    label: str | Promise
    required: bool = False  # a file must say it, in a column or once for all rows
    may_be_empty: bool = False
    for_all: bool = False  # may be given once for all rows
    most: int = 0  # characters; 0: checked in another way
    hint: str | Promise = ""


def _most(name: str) -> int:
    column: Any = Onboarding._meta.get_field(name)
    return int(column.max_length)


FIELDS = (
    Field("name", _("Company name"), required=True, most=_most("name")),
    Field("bid", _("Business id"), required=True),
    Field("country", _("Country"), required=True, for_all=True, hint=_("Two letters, or the name.")),
    Field("address1", _("Street address"), required=True, most=_most("address1")),
    Field("address2", _("Second line"), may_be_empty=True, most=_most("address2")),
    Field("post_code", _("Post code"), required=True, most=_most("post_code")),
    Field("city", _("City"), required=True, most=_most("city")),
    Field(
        "post_office",
        _("Post office"),
        may_be_empty=True,
        most=_most("post_office"),
        hint=_("Empty: the same as the city."),
    ),
    Field("region", _("State or province"), may_be_empty=True, most=_most("region")),
    Field("email", _("Company's e-mail"), required=True, most=_most("email")),
    Field("signer_name", _("Signer's name"), may_be_empty=True, most=_most("signer_name")),
    Field("auth_email", _("Signer's e-mail"), required=True, most=_most("auth_email")),
    Field(
        "locale",
        _("Language of the document"),
        may_be_empty=True,
        for_all=True,
        hint=_("Empty: the usual one of the country."),
    ),
    Field("networks", _("Networks"), may_be_empty=True, for_all=True, hint=_("Parted by blanks: VISMA PEPPOL.")),
    Field(
        "method",
        _("How it is authorized"),
        may_be_empty=True,
        for_all=True,
        hint=_("visma_sign or own; empty: the account's usual way."),
    ),
    Field(
        "authorization_id",
        _("Id in our own process"),
        may_be_empty=True,
        most=_most("authorization_id"),
        hint=_("Needed for own."),
    ),
)
BY_NAME = {field.name: field for field in FIELDS}
NAMES = tuple(BY_NAME)
REQUIRED = tuple(field.name for field in FIELDS if field.required)
OPTIONAL = tuple(field.name for field in FIELDS if not field.required)
# One of the two is enough: what a letter needs is the post office, and most files call it the city.
STANDS_IN = {"city": "post_office", "post_office": "city"}
