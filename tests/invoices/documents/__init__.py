"""Invoice files written for these tests (`../files/`): Finvoice, UBL and CII, with what a test wants to differ."""

import io
import re
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template
from typing import Any
from xml.sax.saxutils import escape

_FILES = Path(__file__).parent.parent / "files"
_PEPPOL = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
CII = (_FILES / "cii.xml").read_bytes()


@dataclass(frozen=True)
class Who:
    name: str
    country: str
    business_id: str
    endpoint: str
    scheme: str = "0216"


SELLER = Who("Puro Puu Oy", "FI", "1234567-1", "003712345671")
BUYER = Who("Aalto Astiat Oy", "FI", "0112038-9", "003701120389")


def finvoice(number: str = "1001", *, seller: Who = SELLER, buyer: Who = BUYER, **values: str) -> bytes:
    """Amounts with commas: net, rows, tax, gross; encoding, version, date."""
    usual = {"net": "100,00", "rows": "100,00", "tax": "25,50", "gross": "125,50", "date": "20261101"}
    known: dict[str, Any] = {"encoding": "UTF-8", "version": "3.0", **usual, **values, "number": number}
    parties = {
        "seller": _filled("finvoice_party", role="Seller", **_escaped(seller)),
        "buyer": _filled("finvoice_party", role="Buyer", **_escaped(buyer)),
        "seller_name": escape(seller.name),
        "seller_endpoint": seller.endpoint,
        "buyer_endpoint": buyer.endpoint,
    }
    return _filled("finvoice", **known, **parties).encode(known["encoding"])


def ubl(
    number: str = "2001",
    *,
    seller: Who = SELLER,
    buyer: Who = BUYER,
    kind: str = "Invoice",
    lines: tuple[str, ...] = ("60.00", "40.00"),
    **values: str,
) -> bytes:
    """Amounts with points: net, tax, gross; customization; one amount a line."""
    usual = {"net": "100.00", "tax": "25.50", "gross": "125.50", "customization": _PEPPOL}
    known = {**usual, **values, "number": number, "kind": kind}
    rows = "".join(
        f"<cac:{kind}Line><cbc:ID>{place}</cbc:ID>"
        f'<cbc:LineExtensionAmount currencyID="EUR">{amount}</cbc:LineExtensionAmount></cac:{kind}Line>'
        for place, amount in enumerate(lines, 1)
    )
    parties = {"seller": _filled("ubl_party", **_escaped(seller)), "buyer": _filled("ubl_party", **_escaped(buyer))}
    return _filled("ubl", **known, **parties, rows=rows).encode()


def without_address(content: bytes) -> bytes:
    """A Finvoice whose buyer has no postal address."""
    return re.sub(rb"<BuyerPostalAddressDetails>.*</BuyerPostalAddressDetails>", b"", content, flags=re.DOTALL)


def zipped(files: dict[str, bytes], *, stamp: tuple[int, int, int, int, int, int] = (2026, 11, 1, 8, 0, 0)) -> bytes:
    """A ZIP of the files in the given order, with one time for all."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def _escaped(who: Who) -> dict[str, str]:
    return {name: escape(text) for name, text in asdict(who).items()}


def _filled(file: str, /, **values: str) -> str:
    return Template((_FILES / f"{file}.xml").read_text(encoding="utf-8")).substitute(values).strip()
