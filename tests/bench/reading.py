"""Reading and checking invoices, against lxml that only parses the same files."""

import re
from pathlib import Path

from lxml import etree

from tests.bench.figures import Figure, prepare, report, side_by_side

TIMES = 300
_FILES = Path(__file__).parent.parent / "invoices" / "documents" / "files"
_LINE = re.compile(rb"<cac:InvoiceLine>.*</cac:InvoiceLine>", re.DOTALL)


def with_lines(content: bytes, times: int) -> bytes:
    """Return a UBL invoice with its lines repeated."""
    return _LINE.sub(lambda found: found[0] * times, content)


def measure(name: str, content: bytes) -> None:
    from invoices.documents import read, sums
    from invoices.files import xml
    from invoices.sending import packages

    parser = etree.XMLParser(resolve_entities=False, no_network=True)

    def ours() -> object:
        return sums.disagreements(read(xml.parse(packages.read(content, "invoice.xml").xml)))

    def bare() -> object:
        return etree.fromstring(content, parser)

    ours()
    one, other = side_by_side(ours, bare, times=TIMES)
    report(
        Figure(
            f"reading and checking {name}",
            f"{1 / one:,.0f} a second",
            f"{1 / other:,.0f}, parsing by lxml",
            one / other,
        )
    )


def main() -> None:
    prepare("sqlite")
    ubl = (_FILES / "peppol3.xml").read_bytes()
    measure("a UBL invoice of 3 lines", ubl)
    measure("a UBL invoice of 150 lines", with_lines(ubl, 50))
    measure("a Finvoice", (_FILES / "finvoice30.xml").read_bytes())
    measure("a CII invoice", (_FILES / "xrechnung30_cii.xml").read_bytes())


if __name__ == "__main__":
    main()
