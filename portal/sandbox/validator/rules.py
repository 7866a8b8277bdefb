"""
Rules of the simulated Validator: a small part of EN 16931, Peppol BIS, XRechnung and Finvoice, in words of our own.

A rule is what Schematron calls an assert: `test` must hold on every node that `context` selects. Sums may differ by
less than half a cent. Rules that are not in force yet (`phase_in`) are advice.
"""

from dataclasses import dataclass
from functools import cached_property

from lxml import etree
from stdnum import ean, iban

from portal.sandbox.documents.formats import CAC, CBC, RAM, RSM, UBL_CREDIT_NOTE, UBL_INVOICE, UDT
from portal.sandbox.documents.tree import Element, name_of, namespace_of

NAMESPACES = {"cac": CAC, "cbc": CBC, "ram": RAM, "rsm": RSM, "udt": UDT}


@dataclass(frozen=True)
class Rule:
    """`status` is ERROR or WARNING; `only` limits it to formats with that word in their name."""

    id: str
    context: str
    test: str
    title: str
    status: str = "ERROR"
    phase_in: bool = False
    only: str = ""

    def holds(self, context: Element) -> bool:
        if self.test in FUNCTIONS:
            return FUNCTIONS[self.test]((context.text or "").strip())
        return bool(self._compiled(context))

    @cached_property
    def _compiled(self) -> etree.XPath:
        return etree.XPath(f"boolean({self.test})", namespaces=NAMESPACES)


# Tests that XPath 1.0 has no words for.
FUNCTIONS = {
    "IBAN check digits": lambda text: not text[:2].isalpha() or bool(iban.is_valid(text)),
    "GLN check digit": lambda text: bool(ean.is_valid(text)) and len(text) == 13,
    "reference check digit": lambda text: _reference_holds(text),
}


def _reference_holds(text: str) -> bool:
    """The Finnish payment reference ends in a check digit (weights 7, 3, 1 from the right)."""
    digits = text.replace(" ", "").lstrip("0")
    if digits.upper().startswith("RF") or not digits:
        return True
    if not digits.isascii() or not digits.isdigit():
        return False
    total = sum(int(digit) * (7, 3, 1)[at % 3] for at, digit in enumerate(reversed(digits[:-1])))
    return (10 - total % 10) % 10 == int(digits[-1])


def family_of(root: Element) -> str:
    """UBL, CII, FINVOICE, or empty: a format that has no rules here."""
    if namespace_of(root) in (UBL_INVOICE, UBL_CREDIT_NOTE):
        return "UBL"
    if namespace_of(root) == RSM:
        return "CII"
    return "FINVOICE" if name_of(root) == "Finvoice" else ""


def rules_of(root: Element, format_word: str) -> list[Rule]:
    """The rules that speak of this document; empty if its format has none."""
    family = {"UBL": UBL, "CII": CII, "FINVOICE": FINVOICE}.get(family_of(root), ())
    return [rule for rule in family if rule.only in format_word]


def _same(left: str, right: str) -> str:
    """Two amounts that are equal to the cent."""
    return f"round((({left}) - ({right})) * 100) = 0"


_LINE = "/*/cac:InvoiceLine | /*/cac:CreditNoteLine"
_TOTAL = "/*/cac:LegalMonetaryTotal"
_SUPPLIER, _CUSTOMER = "/*/cac:AccountingSupplierParty/cac:Party", "/*/cac:AccountingCustomerParty/cac:Party"
_NAMED = "normalize-space(cac:PartyLegalEntity/cbc:RegistrationName) != ''"

UBL = (
    Rule("BR-01", "/*", "normalize-space(cbc:CustomizationID) != ''", "An invoice names its specification"),
    Rule("BR-02", "/*", "normalize-space(cbc:ID) != ''", "An invoice has a number"),
    Rule("BR-03", "/*", "normalize-space(cbc:IssueDate) != ''", "An invoice has a date of issue"),
    Rule("BR-05", "/*", "string-length(normalize-space(cbc:DocumentCurrencyCode)) = 3", "An invoice has a currency"),
    Rule("BR-06", _SUPPLIER, _NAMED, "The seller has a name"),
    Rule("BR-07", _CUSTOMER, _NAMED, "The buyer has a name"),
    Rule("BR-09", _SUPPLIER, "normalize-space(cac:PostalAddress/cac:Country/cbc:IdentificationCode) != ''",
         "The seller's address has a country"),
    Rule("BR-11", _CUSTOMER, "normalize-space(cac:PostalAddress/cac:Country/cbc:IdentificationCode) != ''",
         "The buyer's address has a country"),
    Rule("BR-16", "/*", "cac:InvoiceLine or cac:CreditNoteLine", "An invoice has at least one line"),
    Rule("BR-21", _LINE, "normalize-space(cbc:ID) != ''", "A line has an identifier"),
    Rule("BR-22", _LINE, "cbc:InvoicedQuantity or cbc:CreditedQuantity", "A line has a quantity"),
    Rule("BR-24", _LINE, "normalize-space(cbc:LineExtensionAmount) != ''", "A line has a net amount"),
    Rule("BR-25", _LINE, "normalize-space(cac:Item/cbc:Name) != ''", "A line names its item"),
    Rule("BR-26", _LINE, "normalize-space(cac:Price/cbc:PriceAmount) != ''", "A line has a price"),
    Rule("BR-27", _LINE, "not(cac:Price/cbc:PriceAmount < 0)", "A price is not negative"),
    Rule("BR-CO-04", _LINE, "normalize-space(cac:Item/cac:ClassifiedTaxCategory/cbc:ID) != ''",
         "A line has a VAT category"),
    Rule("BR-CO-10", _TOTAL, _same("cbc:LineExtensionAmount", "sum(../cac:InvoiceLine/cbc:LineExtensionAmount"
         " | ../cac:CreditNoteLine/cbc:LineExtensionAmount)"), "The total of the lines is their sum"),
    Rule("BR-CO-13", _TOTAL, _same("cbc:TaxExclusiveAmount", "cbc:LineExtensionAmount"
         " - sum(cbc:AllowanceTotalAmount) + sum(cbc:ChargeTotalAmount)"),
         "The total without VAT is the sum of lines less allowances and plus charges"),
    Rule("BR-CO-14", "/*/cac:TaxTotal[cac:TaxSubtotal]", _same("cbc:TaxAmount", "sum(cac:TaxSubtotal/cbc:TaxAmount)"),
         "The VAT total is the sum of its categories"),
    Rule("BR-CO-15", _TOTAL, _same("cbc:TaxInclusiveAmount", "cbc:TaxExclusiveAmount"
         " + sum(../cac:TaxTotal/cbc:TaxAmount[@currencyID = ../../cbc:DocumentCurrencyCode])"),
         "The total with VAT is the total without VAT plus VAT"),
    Rule("BR-CO-16", _TOTAL, _same("cbc:PayableAmount", "cbc:TaxInclusiveAmount - sum(cbc:PrepaidAmount)"
         " + sum(cbc:PayableRoundingAmount)"), "The amount to pay follows from the total"),
    Rule("BR-CO-25", f"{_TOTAL}[cbc:PayableAmount > 0]",
         "../cbc:DueDate or ../cac:PaymentTerms/cbc:Note or ../cac:PaymentMeans/cbc:PaymentDueDate",
         "An amount to pay comes with a due date or payment terms"),
    Rule("PEPPOL-EN16931-R003", "/*", "normalize-space(cbc:BuyerReference) != '' or"
         " normalize-space(cac:OrderReference/cbc:ID) != ''", "A buyer reference or an order reference is given",
         only="PEPPOLBIS30"),
    Rule("PEPPOL-EN16931-R010", _CUSTOMER, "normalize-space(cbc:EndpointID) != ''",
         "The buyer's electronic address is given", only="PEPPOLBIS30"),
    Rule("PEPPOL-EN16931-R020", _SUPPLIER, "normalize-space(cbc:EndpointID) != ''",
         "The seller's electronic address is given", only="PEPPOLBIS30"),
    Rule("PEPPOL-COMMON-R040", "//cbc:EndpointID[@schemeID = '0088']", "GLN check digit", "A GLN has its check digit",
         "WARNING"),
    Rule("BR-DE-15", "/*", "normalize-space(cbc:BuyerReference) != ''", "The buyer reference is given",
         only="XRECHNUNG"),
    Rule("BR-DE-7", _SUPPLIER, "normalize-space(cac:Contact/cbc:ElectronicMail) != ''",
         "The seller's contact has an e-mail address", only="XRECHNUNG"),
    Rule("SIM-UBL-01", "//cac:PayeeFinancialAccount/cbc:ID", "IBAN check digits", "An IBAN has its check digits",
         "WARNING"),
    Rule("PEPPOL-EN16931-P0112", "//*[@unitCode]", "normalize-space(@unitCode) != 'ZZ'",
         "From the next release a unit must be of the code list", "WARNING", phase_in=True, only="PEPPOLBIS30"),
    Rule("SIM-UBL-02", "/*", "cac:PaymentMeans", "From the next release the means of payment is given", "ERROR",
         phase_in=True, only="PEPPOLBIS30"),
)  # fmt: skip

_HEAD = "/rsm:CrossIndustryInvoice/rsm:ExchangedDocument"
_TRADE = "/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction"
_ITEM = f"{_TRADE}/ram:IncludedSupplyChainTradeLineItem"
_AGREEMENT = f"{_TRADE}/ram:ApplicableHeaderTradeAgreement"
_SETTLEMENT = f"{_TRADE}/ram:ApplicableHeaderTradeSettlement"
_SUM = f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"

CII = (
    Rule("BR-02", "/*", "normalize-space(rsm:ExchangedDocument/ram:ID) != ''", "An invoice has a number"),
    Rule("BR-03", "/*", "normalize-space(rsm:ExchangedDocument/ram:IssueDateTime/udt:DateTimeString) != ''",
         "An invoice has a date of issue"),
    Rule("BR-05", _SETTLEMENT, "string-length(normalize-space(ram:InvoiceCurrencyCode)) = 3",
         "An invoice has a currency"),
    Rule("BR-06", _AGREEMENT, "normalize-space(ram:SellerTradeParty/ram:Name) != ''", "The seller has a name"),
    Rule("BR-07", _AGREEMENT, "normalize-space(ram:BuyerTradeParty/ram:Name) != ''", "The buyer has a name"),
    Rule("BR-16", _TRADE, "ram:IncludedSupplyChainTradeLineItem", "An invoice has at least one line"),
    Rule("BR-21", _ITEM, "normalize-space(ram:AssociatedDocumentLineDocument/ram:LineID) != ''",
         "A line has an identifier"),
    Rule("BR-22", _ITEM, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity", "A line has a quantity"),
    Rule("BR-25", _ITEM, "normalize-space(ram:SpecifiedTradeProduct/ram:Name) != ''", "A line names its item"),
    Rule("BR-CO-10", _SUM, _same("ram:LineTotalAmount", "sum(../../ram:IncludedSupplyChainTradeLineItem"
         "/ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount)"),
         "The total of the lines is their sum"),
    Rule("BR-CO-15", _SUM, _same("ram:GrandTotalAmount", "ram:TaxBasisTotalAmount + sum(ram:TaxTotalAmount"
         "[not(@currencyID) or @currencyID = ../../ram:InvoiceCurrencyCode])"),
         "The total with VAT is the total without VAT plus VAT"),
    Rule("BR-DE-15", _AGREEMENT, "normalize-space(ram:BuyerReference) != ''", "The buyer reference is given",
         only="XRECHNUNG"),
    Rule("BR-DE-7", f"{_AGREEMENT}/ram:SellerTradeParty", "normalize-space(ram:DefinedTradeContact"
         "/ram:EmailURIUniversalCommunication/ram:URIID) != ''", "The seller's contact has an e-mail address",
         "WARNING", phase_in=True, only="XRECHNUNG"),
    Rule("SIM-CII-01", f"{_SETTLEMENT}//ram:IBANID", "IBAN check digits", "An IBAN has its check digits", "WARNING"),
)  # fmt: skip

FINVOICE = (
    Rule("FIN-01", "/Finvoice", "normalize-space(InvoiceDetails/InvoiceNumber) != ''", "An invoice has a number"),
    Rule("FIN-02", "/Finvoice", "normalize-space(InvoiceDetails/InvoiceDate) != ''", "An invoice has a date"),
    Rule("FIN-03", "/Finvoice", "normalize-space(SellerPartyDetails/SellerOrganisationName) != ''",
         "The seller has a name"),
    Rule("FIN-04", "/Finvoice", "normalize-space(BuyerPartyDetails/BuyerOrganisationName) != ''",
         "The buyer has a name"),
    Rule("FIN-05", "/Finvoice", "InvoiceRow", "An invoice has at least one row"),
    Rule("FIN-06", "/Finvoice/InvoiceDetails", _same(
         "translate(normalize-space(InvoiceTotalVatIncludedAmount), ',', '.')",
         "translate(normalize-space(InvoiceTotalVatExcludedAmount), ',', '.')"
         " + translate(normalize-space(InvoiceTotalVatAmount), ',', '.')")
         + " or not(InvoiceTotalVatExcludedAmount) or not(InvoiceTotalVatAmount)",
         "The total with VAT is the total without VAT plus VAT"),
    Rule("FIN-07", "/Finvoice/InvoiceDetails", "InvoiceTotalVatIncludedAmount/@AmountCurrencyIdentifier",
         "The total has a currency"),
    Rule("FIN-08", "//EpiRemittanceInfoIdentifier", "reference check digit",
         "The payment reference has its check digit"),
    Rule("FIN-09", "//EpiAccountID[@IdentificationSchemeName = 'IBAN']", "IBAN check digits",
         "An IBAN has its check digits"),
    Rule("FIN-10", "/Finvoice", "MessageTransmissionDetails", "The frame names sender and receiver addresses",
         "WARNING"),
    Rule("FIN-11", "/Finvoice", "@Version = '3.0'", "Finvoice before 3.0 is no longer taken from the next release",
         "WARNING", phase_in=True),
)  # fmt: skip
