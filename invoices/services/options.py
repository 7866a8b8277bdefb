"""What may be said with an invoice that is sent."""

import msgspec


class SendingOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How AutoInvoice shall send an invoice; what is empty is left to it. Source: postV1Invoices."""

    format: str = ""
    recipient_type: str = ""  # b2b, consumer
    recipient_eia: str = ""  # with operator: exactly this address
    recipient_operator: str = ""
    recipient_email: str = ""
    disabled_routes: tuple[str, ...] = ()  # print, email, einvoice
    sender_comment: str = ""
    lang: str = ""
    payment_instruction_identifier: str = ""
    prevent_routing: bool = False
    print_color: bool | None = None
    print_letter_class: str = ""  # PRIORITY, ECONOMY
    print_own_image: bool | None = None
    prevent_digital_post: bool | None = None
    allow_kivra_fi: bool | None = None
    email_format: str = ""

    def fields(self) -> dict[str, object]:
        """Return the form fields that say something."""
        plain = {name: getattr(self, name) or None for name in _PLAIN}
        nested = {
            "print_settings[color]": self.print_color,
            "print_settings[letter_class]": self.print_letter_class or None,
            "print_settings[print_own_image]": self.print_own_image,
            "print_settings[prevent_digital_post]": self.prevent_digital_post,
            "print_settings[allow_kivra_fi]": self.allow_kivra_fi,
            "email_settings[xml_format]": self.email_format or None,
        }
        # Form arrays repeat the bare name.
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in {**plain, **nested}.items()
            if value is not None
        }


_PLAIN = (
    "format",
    "recipient_type",
    "recipient_eia",
    "recipient_operator",
    "recipient_email",
    "disabled_routes",
    "sender_comment",
    "lang",
    "payment_instruction_identifier",
    "prevent_routing",
)
