"""
The failures we know. Sources: domain.md 6.4 and 6.5, and the keys of an invoice's actions in the contract.

The first entry whose pattern fits wins: put the special before the general. To add one, write it here; nothing else.
"""

from django.utils.translation import gettext_lazy as _

from invoices.enums import Mover
from invoices.remedies.model import Remedy, words

_CORRECT = _("Correct the invoice in the customer's software and send the new file.")
_COPY = _("When that is done, press “Send again as a new copy”.")

GENERAL = Remedy(
    key="",
    name=_("Not known to the portal"),
    cause=_("AutoInvoice could not deliver the invoice. The portal does not know this message yet."),
    remedy=_("Read AutoInvoice's own words below and compare the receiver's address with what the receiver gave."),
    next_step=_("If that does not explain it, ask AutoInvoice support and name the invoice's UUID."),
    by=Mover.SUPPORT,
)

ENTRIES: tuple[Remedy, ...] = (
    Remedy(
        key="company_unverified",
        name=_("Company not verified"),
        cause=_("The company is not verified, so it may neither send nor receive."),
        remedy=_("Get the company's authorization signed."),
        next_step=_("Open the company and send the authorization request; the file is sent once it is verified."),
        pattern=words(r"^unauthorized$|company.*(not|un)\W?verified"),
        codes=frozenset({"unauthorized", "company_unverified"}),
    ),
    Remedy(
        key="bank_closed",
        name=_("Bank network not open"),
        cause=_("The receiver's operator is a bank, and the company's BANK network is not open."),
        remedy=_("Activate the BANK network of the company; banks take one to three days."),
        next_step=_COPY,
        pattern=words(r"bank.*(not (open|active|enabled|activated)|closed|no agreement)|(no|missing) bank"),
    ),
    Remedy(
        key="email_invalid",
        name=_("E-mail address wrong"),
        cause=_("The receiver's e-mail address does not work."),
        remedy=_("Ask the receiver for the right address."),
        next_step=_CORRECT,
        by=Mover.CUSTOMER,
        pattern=words(
            r"e-?mail.*(invalid|not valid|bounce|returned|rejected|wrong|failed|undeliverable)|invalid e-?mail"
        ),
        codes=frozenset({"action_sent_email_failed"}),
    ),
    Remedy(
        key="print_unavailable",
        name=_("Printing switched off"),
        cause=_("Printing is not switched on for the company."),
        remedy=_("Switch printing on in the company's settings, or give the receiver's e-invoice address."),
        next_step=_COPY,
        pattern=words(r"print(ing)?( service)?( is)? (not (enabled|active|available|allowed|on)|disabled)"),
    ),
    Remedy(
        key="address_incomplete",
        name=_("Postal address incomplete"),
        cause=_("The receiver's postal address is not complete, so a letter cannot be printed."),
        remedy=_("A letter needs street, post code, city and country of the receiver."),
        next_step=_CORRECT,
        by=Mover.CUSTOMER,
        pattern=words(r"(postal )?address.*(incomplete|missing|not complete|invalid|insufficient)|incomplete.*address"),
    ),
    Remedy(
        key="consumer_not_reached",
        name=_("Consumer takes no e-invoices"),
        cause=_("The receiver is a consumer who takes no e-invoices, and neither e-mail nor print was asked for."),
        remedy=_("Give the consumer's e-mail address, or switch printing on in the company's settings."),
        next_step=_COPY,
        by=Mover.CUSTOMER,
        pattern=words(r"consumer.*(not|no) (receive|take|accept|found|known)"),
    ),
    Remedy(
        key="receiver_not_active",
        name=_("Receiver not active"),
        cause=_("The receiver is known, but takes no e-invoices at the moment."),
        remedy=_("Ask the receiver to open e-invoicing, or for another way: e-mail or post."),
        next_step=_COPY,
        by=Mover.RECEIVER,
        pattern=words(r"(receiver|recipient).*(does not receive|not receiving|not active|inactive)"),
    ),
    Remedy(
        key="operator_unknown",
        name=_("Operator not known"),
        cause=_("The invoice names an operator for the receiver that nobody knows."),
        remedy=_("Ask the receiver for operator and address; or name neither, and AutoInvoice looks for a way itself."),
        next_step=_CORRECT,
        by=Mover.CUSTOMER,
        pattern=words(r"operator.*(not known|unknown|not found)|unknown operator"),
    ),
    Remedy(
        key="receiver_unknown",
        name=_("Receiver not found"),
        cause=_("AutoInvoice finds no way to the receiver: nobody has this e-invoice address."),
        remedy=_("Compare address and operator with what the receiver gave; name the business id beside the address."),
        next_step=_CORRECT,
        by=Mover.CUSTOMER,
        pattern=words(
            r"(receiver|recipient|participant|endpoint|address).*(unknown|not (known|found|registered|exist))"
            r"|no (routing|route|receiver|recipient)|unknown (receiver|recipient|participant|address)"
        ),
        codes=frozenset({"action_route_failed"}),
    ),
    Remedy(
        key="receiver_information_missing",
        name=_("Receiver has no address"),
        cause=_("The invoice says too little about the receiver."),
        remedy=_(
            "It needs at least one of: e-invoice address, business id or VAT number, e-mail, full postal address."
        ),
        next_step=_CORRECT,
        by=Mover.CUSTOMER,
        pattern=words(
            r"not enough information|insufficient (recipient|receiver)|no customer information|customer has no postal"
        ),
    ),
    Remedy(
        key="duplicate_number",
        name=_("Number used before"),
        cause=_("An invoice with this number was sent before, and the company's settings stop doubles."),
        remedy=_("Look up the earlier invoice. If both are real, the later one needs its own number."),
        next_step=_CORRECT,
        by=Mover.CUSTOMER,
        pattern=words(r"duplicate|already (sent|exists|been sent|used)|used before"),
    ),
    Remedy(
        key="format_rules",
        name=_("Breaks a rule of the format"),
        cause=_("The invoice breaks a rule of the receiver's network, which is checked once the route is known."),
        remedy=_("The text below names the rule. The customer's software must fill in what it asks for."),
        next_step=_CORRECT,
        by=Mover.CUSTOMER,
        pattern=words(r"schematron|validation|BR-|PEPPOL-EN|not (a )?valid|schema|business rule"),
    ),
    Remedy(
        key="file_unreadable",
        name=_("File not readable"),
        cause=_("AutoInvoice could not read the file."),
        remedy=_("Send one XML, or a ZIP with exactly one XML, its PDF of the same name and attachments."),
        next_step=_CORRECT,
        by=Mover.CUSTOMER,
        pattern=words(r"\bZIP\b|well-?formed|doctype|encoding|too large|base64|not an invoice|attachment type"),
    ),
    Remedy(
        key="content_missing",
        name=_("Content missing"),
        cause=_("Something that every invoice needs is missing in the file."),
        remedy=_("AutoInvoice's text names it: number, date, currency, totals, lines, sender or receiver."),
        next_step=_CORRECT,
        by=Mover.CUSTOMER,
        pattern=words(r"^ERROR: |NOT FOUND|(date|amount|code) (format )?invalid|NO ITEMS"),
        codes=frozenset({"invoice_create_api_error", "invalid_parameters"}),
    ),
    Remedy(
        key="daily_limit",
        name=_("Daily limit reached"),
        cause=_("The company, the user or the software has sent as many invoices today as AutoInvoice allows."),
        remedy=_("Wait until tomorrow, or ask AutoInvoice for a higher limit."),
        next_step=_COPY,
        by=Mover.AUTOINVOICE,
        pattern=words(r"daily invoice limit|limit reached"),
    ),
    Remedy(
        key="refused_by_receiver",
        name=_("Refused after delivery"),
        cause=_("The receiver, or the receiver's operator, refused the invoice after it was delivered."),
        remedy=_("Ask the receiver why. Often a reference or order number is missing."),
        next_step=_CORRECT,
        by=Mover.RECEIVER,
        pattern=words(
            r"(refused|rejected|declined|returned|denied|not accepted) by|(operator|network|receiver|recipient).*"
            r"(refused|rejected|declined|returned|could not deliver|does not (accept|support))"
        ),
        codes=frozenset({"action_declined", "action_delivery_failed"}),
    ),
    Remedy(
        key="not_collected",
        name=_("Not opened in time"),
        cause=_("The receiver did not open the invoice in time."),
        remedy=_("Ask the receiver whether the address is right."),
        next_step=_COPY,
        by=Mover.RECEIVER,
        pattern=words(r"expired|not (opened|collected) in time"),
        codes=frozenset({"action_expired"}),
    ),
    Remedy(
        key="transfer_failed",
        name=_("Handing over failed"),
        cause=_("Handing the invoice over to the receiver's operator failed."),
        remedy=_("This is often over soon. If it happens again, the fault is at the operator."),
        next_step=_COPY,
        by=Mover.AUTOINVOICE,
        pattern=words(r"(transmission|transfer|connection|operator).*(failed|error|timed? ?out|unavailable)"),
        codes=frozenset({"action_trx_fail", "action_send_fail"}),
    ),
)
