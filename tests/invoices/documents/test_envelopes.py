"""Finvoice in a SOAP envelope, in front of it or around it: its addresses are read, the file stays what it is."""

from collections.abc import Callable

import pytest

from companies.models import Company
from invoices.documents import Document
from invoices.files import originals, xml
from invoices.sending import checks
from tests.invoices.documents import Who, finvoice, without_address, zipped

Sides = dict[str, tuple[tuple[str, str], ...]]
Enveloped = Callable[[bytes], bytes]

NOBODY = Who("Veneilijä Virtanen", "FI", "", "")
NAMES = (
    'xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:eb="http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd"'
)
BANKS: Sides = {"From": (("Sender", "003712345671"), ("Intermediator", "NDEAFIHH")),
         "To": (("Intermediator", "OKOYFIHH"), ("Receiver", "FI2112345600000785"))}  # fmt: skip


def header(sides: Sides) -> str:
    parties = "".join(
        f"<eb:{side}><eb:PartyId>{address}</eb:PartyId><eb:Role>{role}</eb:Role></eb:{side}>"
        for side, rows in sides.items()
        for role, address in rows
    )
    return f"<S:Header><eb:MessageHeader>{parties}</eb:MessageHeader></S:Header>"


def in_front(content: bytes, sides: Sides = BANKS) -> bytes:
    body = '<S:Body><eb:Manifest eb:id="Manifest"/></S:Body>'
    return f"<S:Envelope {NAMES}>{header(sides)}{body}</S:Envelope>\n".encode() + content


def around(content: bytes, sides: Sides = BANKS) -> bytes:
    inner = content.partition(b"?>")[2].decode()
    return f"<S:Envelope {NAMES}>{header(sides)}<S:Body>{inner}</S:Body></S:Envelope>".encode()


def without_message(content: bytes) -> bytes:
    start, end = content.index(b"<MessageTransmissionDetails>"), content.index(b"</MessageTransmissionDetails>")
    return content[:start] + content[end + len(b"</MessageTransmissionDetails>") :]


def read(content: bytes) -> Document:
    return checks.inspect(content, "a.xml").document


@pytest.mark.parametrize("enveloped", [in_front, around])
def test_addresses_and_operators_of_the_envelope_are_taken(enveloped: Enveloped) -> None:
    found = read(enveloped(without_message(finvoice(buyer=NOBODY))))

    assert (found.seller.endpoint, found.seller.operator) == ("003712345671", "NDEAFIHH")
    assert (found.buyer.endpoint, found.buyer.operator) == ("FI2112345600000785", "OKOYFIHH")
    assert found.is_read


@pytest.mark.parametrize("enveloped", [in_front, around])
def test_what_the_message_itself_says_counts_first(enveloped: Enveloped) -> None:
    plain = read(finvoice())

    found = read(enveloped(finvoice()))

    assert (found.seller, found.buyer) == (plain.seller, plain.buyer)


def test_an_envelope_without_an_operator_or_a_header_says_nothing_more() -> None:
    content = without_message(finvoice(buyer=NOBODY))

    alone = read(in_front(content, {"To": (("Receiver", "003701120389"),)}))
    empty = read(in_front(content, {}))

    assert (alone.buyer.endpoint, alone.buyer.operator) == ("003701120389", "")
    assert (alone.seller.operator, empty.buyer.endpoint) == ("", "")


@pytest.mark.parametrize("enveloped", [in_front, around])
def test_receiver_that_only_the_envelope_names_is_no_concern(enveloped: Enveloped, company: Company) -> None:
    content = without_address(without_message(finvoice(buyer=NOBODY)))

    def codes(given: bytes) -> list[str]:
        return [found.code for found in checks.concerns(checks.inspect(given, "a.xml"), company)]

    assert "receiver_address_missing" in codes(content)
    assert "receiver_address_missing" not in codes(enveloped(content))


def test_bytes_and_digest_are_those_of_the_whole_file() -> None:
    content = in_front(without_message(finvoice(buyer=NOBODY)))

    package = checks.inspect(content, "a.xml").package
    document = originals.document_of(zipped({"a.xml": content}))

    assert package.xml == content
    assert document.buyer.endpoint == "FI2112345600000785"
    assert xml.local_name(xml.parse(content)) == "Finvoice"
    assert xml.parse_enveloped(finvoice())[1] is None
