"""Which format a file is in, told from its content alone."""

from portal.sandbox.documents.tree import Element, name_of, namespace_of

UBL_INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
UBL_CREDIT_NOTE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"

PEPPOL_CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PEPPOL_PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

FINVOICE = {"1.2": "FINVOICE13", "1.3": "FINVOICE13", "2.0": "FINVOICE20", "2.01": "FINVOICE20", "3.0": "FINVOICE30"}

# First match wins, so the narrower text stands above the wider one.
UBL_BY_CUSTOMIZATION = (
    ("extension:xrechnung_3.0", "XRECHNUNG30EXTUBL"),
    ("extension:xrechnung_2.3", "XRECHNUNG23EXTUBL"),
    ("xrechnung_3.0", "XRECHNUNG30UBL"),
    ("xrechnung_2.", "XRECHNUNG23UBL"),
    ("nlcius", "SIUBL20"),
    ("si-ubl:invoice:ver1.1", "SIUBL11"),
    ("si-ubl", "SIUBL12"),
    ("poacc:billing:3", "PEPPOLBIS30"),
    ("difi.no:ehf", "EHF20"),
    ("peppol.eu:bis:peppol", "PEPPOLBIS20"),
    ("oioubl-2.1", "OIOUBL21"),
    ("oioubl", "OIOUBL"),
    ("visma", "VISMAUBL30"),
)
UBL_PLAIN = "UBL21"  # EN 16931 or UBL that names no specification known here

CII_BY_GUIDELINE = (
    ("extension:xrechnung_3.0", "XRECHNUNG30EXTCII"),
    ("extension:xrechnung_2.3", "XRECHNUNG23EXTCII"),
    ("xrechnung_3.0", "XRECHNUNG30CII"),
    ("xrechnung_2.", "XRECHNUNG23CII"),
)
CII_PLAIN = "CII"

# Known by the root element: (local name, part of the namespace, word).
OTHER_ROOTS = (
    ("INVOICE_CENTER", "", "TEAPPS30"),
    ("INVOICES", "", "TEAPPS27"),
    ("FatturaElettronica", "", "FATTURAPA12"),
    ("Invoice", "urn:sfti:documents:BasicInvoice", "SVEFAKTURA10"),
    ("InterchangeFile", "", "E2B"),
    ("VismaInvoice", "", "VISMAXML60"),
)
OUTLINED = ("TEAPPS27", "TEAPPS30", "FATTURAPA12", "SVEFAKTURA10")


def detect(root: Element) -> str | None:
    """Return the contract's word for the format, a plain word for other UBL or CII, None when it is no invoice."""
    name, namespace = name_of(root), namespace_of(root)
    if name == "Finvoice":
        return FINVOICE.get(root.get("Version", "").strip(), "FINVOICE30")
    if namespace in (UBL_INVOICE, UBL_CREDIT_NOTE):
        return _ubl_word(root)
    if namespace == RSM and name == "CrossIndustryInvoice":
        return _cii_word(root)
    for known, part, word in OTHER_ROOTS:
        if name == known and part in namespace:
            return _teapps_word(root) if name == "INVOICE_CENTER" else word
    return None


def is_readable(word: str) -> bool:
    """Whether a reader exists: every Finvoice, UBL and CII, whatever its specification, and those read in outline."""
    return word in OUTLINED or word not in {other for _, _, other in OTHER_ROOTS}


def _teapps_word(root: Element) -> str:
    version = root.findtext("{*}CONTENT_FRAME/{*}BLOCK_RULES/{*}FORMAT_VERSION") or ""
    return "TEAPPS27" if version.strip().startswith("2") else "TEAPPS30"


def _ubl_word(root: Element) -> str:
    customization = (root.findtext(f"{{{CBC}}}CustomizationID") or "").lower()
    profile = (root.findtext(f"{{{CBC}}}ProfileID") or "").lower()
    for part, word in UBL_BY_CUSTOMIZATION:
        if part in customization or part in profile:
            return word
    return UBL_PLAIN


def _cii_word(root: Element) -> str:
    path = f"{{{RSM}}}ExchangedDocumentContext/{{{RAM}}}GuidelineSpecifiedDocumentContextParameter/{{{RAM}}}ID"
    guideline = (root.findtext(path) or "").lower()
    return next((word for part, word in CII_BY_GUIDELINE if part in guideline), CII_PLAIN)
