import pytest

from invoices import remedies
from invoices.enums import Mover

# What AutoInvoice is known to say, and what the simulator says by its rules.
KNOWN = {
    ("action_route_failed", "Not enough information about the recipient"): "receiver_information_missing",
    ("action_route_failed", "No routing found"): "receiver_unknown",
    ("action_error", "Invoice number has been used before"): "duplicate_number",
    ("action_route_failed", "The consumer does not receive e-invoices"): "consumer_not_reached",
    ("action_trx_fail", "Receiver does not receive e-invoices at the moment"): "receiver_not_active",
    ("action_trx_fail", "Bank network is not open for the sender"): "bank_closed",
    ("action_trx_fail", "Operator not known"): "operator_unknown",
    ("action_trx_fail", "Receiver address not known"): "receiver_unknown",
    ("action_sent_email_failed", "Recipient e-mail address is not valid"): "email_invalid",
    ("action_send_fail", "Printing service is not enabled"): "print_unavailable",
    ("action_send_fail", "Recipient postal address is incomplete"): "address_incomplete",
    ("action_delivery_failed", "Recipient's operator could not deliver the invoice"): "refused_by_receiver",
    ("action_sent_email_failed", "E-mail was returned by the recipient's server"): "email_invalid",
    ("unauthorized", "Unauthorized"): "company_unverified",
    ("invoice_create_api_error", "ERROR: INVOICE DATE NOT FOUND"): "content_missing",
    ("invoice_create_api_error", "ERROR: NO CUSTOMER INFORMATION FOUND"): "receiver_information_missing",
    ("invoice_create_api_error", "ERROR: MORE THAN ONE XML IN THE ZIP"): "file_unreadable",
    ("invoice_create_api_error", "ERROR: DOCTYPE NOT ALLOWED"): "file_unreadable",
    ("invoice_create_api_error", "ERROR: CUSTOMER COUNTRY CODE INVALID"): "content_missing",
    ("", "DAILY INVOICE LIMIT reached for user"): "daily_limit",
    ("action_expired", ""): "not_collected",
    ("action_declined", "No"): "refused_by_receiver",
    ("action_trx_fail", ""): "transfer_failed",
    ("action_error", "[BR-CO-10]-Sum of Invoice line net amount"): "format_rules",
}


@pytest.mark.parametrize(("said", "key"), KNOWN.items())
def test_known_failure_has_its_remedy(said: tuple[str, str], key: str) -> None:
    found = remedies.find(*said)

    assert found is not None
    assert found.key == key


def test_every_entry_says_cause_remedy_and_whose_move() -> None:
    for entry in (*remedies.ENTRIES, remedies.GENERAL):
        assert all(str(text) for text in (entry.name, entry.cause, entry.remedy, entry.next_step))
        assert entry.by in Mover.values
    assert len({entry.key for entry in remedies.ENTRIES}) == len(remedies.ENTRIES)


def test_unknown_failure_has_none_and_gets_general_advice() -> None:
    assert remedies.find("action_error", "Flux capacitor empty") is None
    assert remedies.by_key("") is remedies.GENERAL
