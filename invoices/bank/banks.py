"""Banks whose customers ask for e-invoices in their netbank; a message goes to one of them."""

BANKS = {
    "AABAFI22": "Ålandsbanken",
    "DABAFIHH": "Danske Bank",
    "HELSFIHH": "Aktia",
    "ITELFIHH": "Säästöpankki",
    "NDEAFIHH": "Nordea",
    "OKOYFIHH": "OP",
    "POPFFI22": "POP Pankki",
    "SBANFIHH": "S-Pankki",
}


def name_of(bic: str) -> str:
    """Return what staff call a bank; its BIC for one that is not known here."""
    return BANKS.get(bic, bic)
