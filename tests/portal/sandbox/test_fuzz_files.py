"""Damaged files of every kind, sent wherever files are taken: refused or taken, never a fault of the simulator."""

import base64
import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from portal.sandbox import partner
from portal.sandbox.validation import Request
from tests.portal.sandbox.document_files import invoice_response, order
from tests.portal.sandbox.invoice_bench import Bench, Reply, multipart
from tests.portal.sandbox.invoice_files import cii, finvoice, peppol, zipped
from tests.portal.sandbox.outline_files import FATTURAPA, SVEFAKTURA, TEAPPS

BANK = (
    b"<FinvoiceSenderInfo><MessageTypeCode>SENDERINFO</MessageTypeCode><SellerOrganisationName>Puu"
    b"</SellerOrganisationName><AccountID>FI2112345600000785</AccountID></FinvoiceSenderInfo>"
)
FILES = [finvoice(), peppol(), cii(), order(), invoice_response(), SVEFAKTURA, FATTURAPA, TEAPPS, BANK]
LETTERS = zipped({"a.pdf": b"%PDF-1.4 one", "b.pdf": b"%PDF-1.4 two"})
PIECES = [b"", b"-", b"9" * 30, b"\x00", b"\xff\xfe", b"<", b"&x;", b"</", "é".encode(), b'"']
SCOPE = "invoice:send invoice:receive document:send document:receive fi_bank_message:send analysis"


def damaged(chance: random.Random, content: bytes) -> bytes:
    """The file without a piece, or with another one in its place; one of four stays whole."""
    for _ in range(chance.choice([0, 1, 1, 3])):
        start = chance.randrange(len(content))
        piece = chance.choice([*PIECES, content[: chance.randrange(200)]])
        content = content[:start] + piece + content[start + chance.randrange(60) :]
    return content


def send_everywhere(bench: Bench, company: str, content: bytes) -> Iterator[Reply]:
    receiver = {"recipient_eia": "003715728600", "recipient_operator": "003721291126"}
    for path, fields in (("/v1/invoices", {}), ("/v1/documents", receiver), ("/v1/fi_bank_messages", {})):
        yield bench.call(company, "POST", path, scope=SCOPE, form=multipart(content, "file.xml", fields))
    body, content_type = multipart(content, "file.xml", {})
    yield raw(bench, "/validator/v1/validate", body, content_type, {"authorization": f"Bearer {company}|validate"})


def raw(bench: Bench, path: str, body: bytes, content_type: str, headers: dict[str, str]) -> Reply:
    """A call of an API other than AX."""
    return bench.answer(Request("POST", path, "", headers | {"content-type": content_type}, body, ""))


@pytest.mark.parametrize("seed", [1, 2])
def test_no_damaged_file_makes_the_simulator_fail(bench: Bench, sender: str, receiver: str, seed: int) -> None:
    chance, statuses = random.Random(seed), Counter[int]()
    bench.open_network(sender, "BANK")
    bench.settings(receiver, checks={"on_invoice_receive": ["VAT", "SENDER_BID_STATUS", "BANK_ACCOUNT_CHANGED"]})
    bench.call(sender, "GET", "/v1/invoices", scope="validate")

    for _ in range(150):
        content = damaged(chance, chance.choice(FILES))
        statuses.update(reply.status for reply in send_everywhere(bench, sender, content))
    bench.run(7200)

    assert max(statuses) < 500, statuses
    assert {200, 201, 204, 400} <= set(statuses)


def test_no_damaged_zip_makes_mass_printing_fail(bench: Bench, sender: str) -> None:
    chance, keys = random.Random(3), partner.keys(bench.world.db)
    login = {"company-uuid": sender, "user-api-key": keys["user_api_key"]}
    account = {"company_uuid": sender, "company_name": "Puu", "user_email": "a@b.example", "user_pw": "made-up"}
    form = "application/x-www-form-urlencoded"
    raw(bench, "/payslip/register", urlencode(account | {"sw_api_key": keys["vendor_api_key"]}).encode(), form, {})

    texts = []
    for number in range(200):
        content = damaged(chance, LETTERS)
        sha1 = hashlib.sha1(content).hexdigest()
        fields = {"file": base64.b64encode(content).decode(), "hash": sha1, "zipHash": sha1}
        fields |= {"filename": f"{number}.zip", "sw_api_key": keys["vendor_api_key"]}
        reply = raw(bench, "/payslip/input_public", urlencode(fields).encode(), form, login)
        assert reply.status == 200
        texts.append(reply.content.decode().split(":")[0].split(" ")[0])

    assert set(texts) == {"OK", "ERROR"}
