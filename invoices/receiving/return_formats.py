"""
In which forms an invoice is fetched from AutoInvoice: XML of several kinds, images, attachments. Knows no model.

A form's name is what `return_format` takes; AS_IT_CAME stands for the format that the invoice was sent in.
Source: getV1InvoicesId.
"""

import msgspec
from django.utils.translation import gettext_lazy as _

from invoices.documents.words import FORMATS

AS_IT_CAME = ""
ANY_IMAGE, OWN_IMAGE, DRAWN_IMAGE = "ORIGINAL_OR_GENERATED_IMAGE", "ORIGINAL_IMAGE", "GENERATED_IMAGE"
USUAL_XML = "PEPPOLBIS30"  # of an invoice whose own format is not given back

XML_FORMS = {
    AS_IT_CAME: _("As it came"),
    **{form: FORMATS[form] for form in (
        "PEPPOLBIS30", "FINVOICE30", "TEAPPS30", "VISMAXML60", "VISMAUBL30", "SIUBL20", "OIOUBL21", "XRECHNUNG30UBL",
        "XRECHNUNG30CII", "XRECHNUNG30EXTUBL", "XRECHNUNG30EXTCII", "XRECHNUNG23UBL", "XRECHNUNG23CII",
        "XRECHNUNG23EXTUBL", "XRECHNUNG23EXTCII", "FATTURAPA12",
    )},
}  # fmt: skip
IMAGE_FORMS = {
    ANY_IMAGE: _("The sender's image, or one that AutoInvoice draws"),
    OWN_IMAGE: _("The sender's image only"),
    DRAWN_IMAGE: _("An image that AutoInvoice draws"),
}


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The files that are fetched of an invoice. There is at least one XML."""

    xml: tuple[str, ...] = (AS_IT_CAME,)
    images: tuple[str, ...] = (ANY_IMAGE,)
    attachments: bool = True


USUAL = Wanted()


def name_of(form: str) -> str:
    """Return a form in staff words; an unknown one as it is."""
    return str(XML_FORMS.get(form) or IMAGE_FORMS.get(form) or form)


def remote_id_of(image: str) -> str:
    """Return what tells an image from others of its invoice; the usual one has no name of its own."""
    return "" if image == ANY_IMAGE else image
