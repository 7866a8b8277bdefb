"""
The world outside: receivers and operators that are no company of this simulator but can be reached.

Peppol participants that exist, none of them a real company:

- those of `PARTICIPANTS`, by scheme and value;
- every GLN (scheme 0088) of `RANGES`, by its beginning:
  6419999… takes invoices; 6419998… takes them and refuses them later; 6419997… takes and confirms them.

Operators are those of `OPERATORS`; each knows every Finnish e-address (OVT) whose business id has a right check digit.
Any other text in the form of a BIC is a bank; a bank knows every IBAN and OVT with right check digits.
"""

import re
from dataclasses import dataclass
from typing import Literal

from stdnum import iban
from stdnum.fi import ytunnus

from portal.sandbox.documents.addresses import GLN_SCHEME, compact

OWN_OPERATOR = "003721291126"
PEPPOL = "PEPPOL"

Afterwards = Literal["", "fails", "confirms"]


@dataclass(frozen=True, slots=True)
class Participant:
    """A Peppol participant; `afterwards` tells what follows a delivery."""

    scheme: str
    endpoint: str
    name: str
    country: str
    afterwards: Afterwards = ""


PARTICIPANTS = (
    Participant("0192", "987654325", "Fjordhandel AS", "NO"),
    Participant("0007", "5590000005", "Kustens Kontor AB", "SE"),
    Participant("0184", "87654338", "Havnens Handel ApS", "DK"),
    Participant("0106", "87654321", "Grachten Groothandel B.V.", "NL"),
    Participant("0208", "0987654394", "Haven Handel BV", "BE"),
    Participant("0216", "003798765430", "Saariston Sahatavara Oy", "FI"),
    Participant("9930", "DE987654328", "Hafen Handel GmbH", "DE"),
    Participant("0191", "12345678", "Saare Sadam OU", "EE"),
)
RANGES: dict[str, Afterwards] = {"6419999": "", "6419998": "fails", "6419997": "confirms"}
OPERATORS = {
    OWN_OPERATOR: "AutoInvoice",
    "003723327487": "Apix Messaging",
    "003708599126": "OpenText",
    "BAWCFI22": "Basware",
    "E204503": "OpusCapita",
}

_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_OVT = re.compile(r"0037(\d{8})[0-9A-Z]{0,5}")
_GLN = re.compile(r"\d{13}")


def participant(scheme: str, endpoint: str) -> Participant | None:
    """
    The Peppol participant with this address, None if nobody has it.

    :param scheme: empty: any
    """
    address = compact(endpoint)
    for known in PARTICIPANTS:
        if known.endpoint == address and scheme in ("", known.scheme):
            return known
    afterwards = RANGES.get(address[:7]) if scheme in ("", GLN_SCHEME) and _GLN.fullmatch(address) else None
    if afterwards is None:
        return None
    return Participant(GLN_SCHEME, address, f"Outside receiver {address}", "FI", afterwards)


def is_bank(operator: str) -> bool:
    return operator not in (*OPERATORS, PEPPOL) and _BIC.fullmatch(compact(operator)) is not None


def known_at_operator(address: str) -> bool:
    """Whether another operator has this Finnish e-address."""
    ovt = _OVT.fullmatch(compact(address))
    return ovt is not None and bool(ytunnus.is_valid(ovt[1]))


def known_at_bank(address: str) -> bool:
    return bool(iban.is_valid(compact(address))) or known_at_operator(address)
