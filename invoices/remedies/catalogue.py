"""
The failures of invoices that we know; their texts are in `invoices/atlas`.

Sources: domain.md 6.4 and 6.5, and the keys of an invoice's actions in the contract. The first entry whose pattern fits
wins: the special goes before the general.
"""

from invoices.enums import Mover
from portal.atlas.catalogue import GENERAL, Entry, Severity, words

_SUPPORT = "https://support.maventa.fi/support/solutions/articles/"
UNKNOWN = Entry(key=GENERAL, by=Mover.SUPPORT, next="support")

ENTRIES: tuple[Entry, ...] = (
    Entry(
        key="company_unverified",
        severity=Severity.STOPS,
        next="sign",
        pattern=words(r"^unauthorized$|company.*(not|un)\W?verified"),
        codes=frozenset({"unauthorized", "company_unverified"}),
    ),
    Entry(
        key="bank_closed",
        severity=Severity.STOPS,
        next="copy",
        pattern=words(r"bank.*(not (open|active|enabled|activated)|closed|no agreement)|(no|missing) bank"),
        documentation=_SUPPORT + "77000474630",
    ),
    Entry(
        key="email_invalid",
        by=Mover.CUSTOMER,
        next="correct",
        pattern=words(
            r"e-?mail.*(invalid|not valid|bounce|returned|rejected|wrong|failed|undeliverable)|invalid e-?mail"
        ),
        codes=frozenset({"action_sent_email_failed"}),
        documentation=_SUPPORT + "77000539921",
    ),
    Entry(
        key="print_unavailable",
        next="copy",
        pattern=words(r"print(ing)?( service)?( is)? (not (enabled|active|available|allowed|on)|disabled)"),
        documentation=_SUPPORT + "77000539921",
    ),
    Entry(
        key="address_incomplete",
        by=Mover.CUSTOMER,
        next="correct",
        pattern=words(r"(postal )?address.*(incomplete|missing|not complete|invalid|insufficient)|incomplete.*address"),
        documentation=_SUPPORT + "77000539921",
    ),
    Entry(
        key="consumer_not_reached",
        by=Mover.CUSTOMER,
        next="another",
        pattern=words(r"consumer.*(not|no) (receive|take|accept|found|known)"),
    ),
    Entry(
        key="receiver_not_active",
        by=Mover.RECEIVER,
        next="another",
        pattern=words(r"(receiver|recipient).*(does not receive|not receiving|not active|inactive)"),
    ),
    Entry(
        key="operator_unknown",
        by=Mover.CUSTOMER,
        next="correct",
        pattern=words(r"operator.*(not known|unknown|not found)|unknown operator"),
    ),
    Entry(
        key="receiver_unknown",
        by=Mover.CUSTOMER,
        next="correct",
        pattern=words(
            r"(receiver|recipient|participant|endpoint|address).*(unknown|not (known|found|registered|exist))"
            r"|no (routing|route|receiver|recipient)|unknown (receiver|recipient|participant|address)"
        ),
        codes=frozenset({"action_route_failed"}),
        documentation=_SUPPORT + "77000539921",
    ),
    Entry(
        key="receiver_information_missing",
        by=Mover.CUSTOMER,
        next="correct",
        pattern=words(
            r"not enough information|insufficient (recipient|receiver)|no customer information|customer has no postal"
        ),
        documentation=_SUPPORT + "77000539921",
    ),
    Entry(
        key="duplicate_number",
        by=Mover.CUSTOMER,
        next="correct",
        pattern=words(r"duplicate|already (sent|exists|been sent|used)|used before"),
    ),
    Entry(
        key="format_rules",
        by=Mover.CUSTOMER,
        next="correct",
        pattern=words(r"schematron|validation|BR-|PEPPOL-EN|not (a )?valid|schema|business rule"),
    ),
    Entry(
        key="file_unreadable",
        by=Mover.CUSTOMER,
        next="correct",
        pattern=words(r"\bZIP\b|well-?formed|doctype|encoding|too large|base64|not an invoice|attachment type"),
    ),
    Entry(
        key="daily_limit",
        by=Mover.AUTOINVOICE,
        severity=Severity.PASSES,
        next="copy",
        pattern=words(r"daily invoice limit|limit reached"),
    ),
    Entry(
        key="content_missing",
        by=Mover.CUSTOMER,
        next="correct",
        pattern=words(r"^ERROR: |NOT FOUND|(date|amount|code) (format )?invalid|NO ITEMS"),
        codes=frozenset({"invoice_create_api_error", "invalid_parameters"}),
    ),
    Entry(
        key="refused_by_receiver",
        by=Mover.RECEIVER,
        next="correct",
        pattern=words(
            r"(refused|rejected|declined|returned|denied|not accepted) by|(operator|network|receiver|recipient).*"
            r"(refused|rejected|declined|returned|could not deliver|does not (accept|support))"
        ),
        codes=frozenset({"action_declined", "action_delivery_failed"}),
    ),
    Entry(
        key="not_collected",
        by=Mover.RECEIVER,
        next="copy",
        pattern=words(r"expired|not (opened|collected) in time"),
        codes=frozenset({"action_expired"}),
    ),
    Entry(
        key="transfer_failed",
        by=Mover.AUTOINVOICE,
        severity=Severity.PASSES,
        next="copy",
        pattern=words(r"(transmission|transfer|connection|operator).*(failed|error|timed? ?out|unavailable)"),
        codes=frozenset({"action_trx_fail", "action_send_fail"}),
    ),
)
