"""Texts of the Detect checks and of fraud-report languages: our own words, in the six languages the API speaks."""

LANGUAGES = ("EN", "FI", "SE", "NO", "DK", "NL")

# Name of a check by language, in the order of LANGUAGES.
NAMES = {
    "SUPPLIER_ACTIVATION": (
        "Supplier can send e-invoices",
        "Toimittaja voi lähettää verkkolaskuja",
        "Leverantören kan skicka e-fakturor",
        "Leverandøren kan sende e-faktura",
        "Leverandøren kan sende e-fakturaer",
        "Leverancier kan e-facturen sturen",
    ),
    "BANK_ACCOUNT_CHANGED": (
        "Bank account has changed",
        "Pankkitili on vaihtunut",
        "Bankkontot har ändrats",
        "Bankkontoen er endret",
        "Bankkontoen er ændret",
        "Bankrekening is gewijzigd",
    ),
    "SENDER_BID_STATUS": (
        "State of the sender's business id",
        "Lähettäjän y-tunnuksen tila",
        "Status för avsändarens organisationsnummer",
        "Status for avsenderens organisasjonsnummer",
        "Status for afsenderens CVR-nummer",
        "Status van het KvK-nummer van de afzender",
    ),
    "SENDER_WARNING_LIST": (
        "Sender is on a warning list",
        "Lähettäjä on varoituslistalla",
        "Avsändaren finns på en varningslista",
        "Avsenderen står på en varslingsliste",
        "Afsenderen står på en advarselsliste",
        "Afzender staat op een waarschuwingslijst",
    ),
    "VAT": (
        "Sender is registered for VAT",
        "Lähettäjä on alv-rekisterissä",
        "Avsändaren är momsregistrerad",
        "Avsenderen er registrert for merverdiavgift",
        "Afsenderen er momsregistreret",
        "Afzender is btw-plichtig",
    ),
}

# What a check looks at, in English, and where.
DESCRIPTIONS = {
    "SUPPLIER_ACTIVATION": "The invoice was scanned, though its sender could send it as an e-invoice.",
    "BANK_ACCOUNT_CHANGED": "The invoice names another account than earlier invoices of this sender did.",
    "SENDER_BID_STATUS": "The sender's business id is registered, active and not insolvent.",
    "SENDER_WARNING_LIST": "The sender is on a public warning list, or was reported by users.",
    "VAT": "The sender charges VAT and is in the VAT register.",
}
SOURCES = {
    "SUPPLIER_ACTIVATION": (),
    "BANK_ACCOUNT_CHANGED": (),
    "SENDER_BID_STATUS": ("YTJ", "Brreg"),
    "SENDER_WARNING_LIST": ("Warning lists", "User reports"),
    "VAT": ("Brreg", "VIES"),
}

# Reason codes by result, after the name of the check and an underscore.
REASONS: dict[str, dict[str, tuple[str, ...]]] = {
    "SUPPLIER_ACTIVATION": {
        "OK": ("COMPANY_CAN_ONLY_SEND_SCAN",),
        "WARNING": ("INVALID_INPUT", "COMPANY_CAN_SEND_ELECTRONIC"),
        "FAILED": ("FAILED",),
        "NOT_APPLICABLE": ("NOT_AN_INVOICE", "INVOICE_NOT_FROM_SCAN"),
    },
    "BANK_ACCOUNT_CHANGED": {
        "OK": ("NOT_CHANGED",),
        "WARNING": ("INVALID_INPUT", "UNKNOWN", "CHANGED"),
        "FAILED": ("FAILED",),
        "NOT_APPLICABLE": ("NOT_AN_INVOICE", "NO_BANK_ACCOUNTS"),
    },
    "SENDER_BID_STATUS": {
        "OK": ("FOUND", "PREPAYMENT_REGISTER_FOUND"),
        "WARNING": (
            "NOT_FOUND",
            "INVALID_BID",
            "NOT_FOUND_NO_BID",
            "INACTIVE",
            "UNDER_LIQUIDATION",
            "UNDER_REORGANIZATION",
            "BANKRUPT",
            "ON_HOLD",
            "PREPAYMENT_REGISTER_NOT_FOUND",
        ),
        "FAILED": ("FAILED",),
        "NOT_APPLICABLE": ("NOT_AN_INVOICE", "COUNTRY_NOT_SUPPORTED"),
    },
    "SENDER_WARNING_LIST": {
        "OK": ("NOT_FOUND",),
        "WARNING": ("INVALID_INPUT", "FOUND", "USER_REPORTED_FOUND"),
        "FAILED": ("FAILED",),
        "NOT_APPLICABLE": ("NOT_AN_INVOICE",),
    },
    "VAT": {
        "OK": ("COMPANY_REGISTERED",),
        "WARNING": ("INVALID_INPUT", "COMPANY_NOT_REGISTERED"),
        "FAILED": ("FAILED",),
        "NOT_APPLICABLE": ("NOT_AN_INVOICE", "NO_VAT_CHARGED"),
    },
}
