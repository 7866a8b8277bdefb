"""What may be said with an invoice that is sent."""

import msgspec

FORMATS = (
    "VISMAXML53", "VISMAXML60", "SVEFAKTURA10", "SEDI", "E2B", "EHF20", "PEPPOLBIS20", "PEPPOLBIS30", "SIUBL11",
    "SIUBL12", "SIUBL20", "OIOUBL", "OIOUBL21", "VISMAUBL10", "VISMAUBL30", "FINVOICE13", "FINVOICE20", "FINVOICE30",
    "TEAPPS27", "TEAPPS30", "XRECHNUNG23UBL", "XRECHNUNG23CII", "XRECHNUNG23EXTUBL", "XRECHNUNG23EXTCII",
    "XRECHNUNG30UBL", "XRECHNUNG30CII", "XRECHNUNG30EXTUBL", "XRECHNUNG30EXTCII", "FATTURAPA12",
)  # fmt: skip
LANGUAGES = ("FI", "SE", "NO", "DK", "NL", "EN")
ROUTES = ("einvoice", "email", "print")
CONSUMER_ROUTES = (
    "netbank", "netbank_cvl", "netbank_cvl_hold", "vipps", "dpi", "email", "print", "silent_failure",
)  # fmt: skip
CONSUMER_DOCUMENTS = ("INVOICE", "CREDIT_NOTE", "REMINDER", "COLLECTION_NOTICE")
LETTER_CLASSES = ("PRIORITY", "ECONOMY")


class SendingOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How AutoInvoice shall send an invoice; what is empty is left to it. Source: postV1Invoices."""

    format: str = ""
    recipient_type: str = ""  # b2b, consumer
    recipient_eia: str = ""  # with operator: exactly this address
    recipient_operator: str = ""
    recipient_email: str = ""
    recipient_phone_number: str = ""
    recipient_date_of_birth: str = ""  # YYYY-MM-DD
    recipient_ssn: str = ""  # encrypted wherever it is kept
    recipient_efaktura_id: str = ""
    b2cno_document_type: str = ""
    route_order: tuple[str, ...] = ()  # of Norwegian consumers
    disabled_routes: tuple[str, ...] = ()  # print, email, einvoice
    sender_comment: str = ""
    lang: str = ""
    payment_instruction_identifier: str = ""  # Finland
    prevent_routing: bool | None = None
    print_color: bool | None = None
    print_letter_class: str = ""  # PRIORITY, ECONOMY
    print_own_image: bool | None = None
    prevent_digital_post: bool | None = None
    allow_kivra_fi: bool | None = None
    email_format: str = ""

    def fields(self) -> dict[str, object]:
        """Return the form fields that say something."""
        said = {_NAMES.get(name, name): value for name, value in msgspec.structs.asdict(self).items()}
        # Form arrays repeat the bare name.
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in said.items()
            if value not in ("", (), None)
        }


_NAMES = {
    "print_color": "print_settings[color]",
    "print_letter_class": "print_settings[letter_class]",
    "print_own_image": "print_settings[print_own_image]",
    "prevent_digital_post": "print_settings[prevent_digital_post]",
    "allow_kivra_fi": "print_settings[allow_kivra_fi]",
    "email_format": "email_settings[xml_format]",
}
