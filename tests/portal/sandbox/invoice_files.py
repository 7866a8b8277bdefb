"""Invoice files written for these tests, and pieces of them to change."""

import io
import zipfile

from portal.sandbox.documents.formats import PEPPOL_CUSTOMIZATION, PEPPOL_PROFILE


def finvoice(
    *,
    number: str = "1001",
    buyer_bid: str = "1572860-0",
    transmission: str = "",
    buyer_email: str = "",
    address: str = "<BuyerStreetName>Testitie 2</BuyerStreetName><BuyerTownName>Espoo</BuyerTownName>"
    "<BuyerPostCodeIdentifier>02100</BuyerPostCodeIdentifier><CountryCode>FI</CountryCode>",
    reference: str = "1232",
    version: str = "3.0",
    encoding: str = "UTF-8",
    details: str = "",
) -> bytes:
    """A Finvoice from Pohjolan Puu Oy; without `transmission` the buyer has no e-address, only a business id."""
    communication = (
        f"<BuyerCommunicationDetails><BuyerEmailaddressIdentifier>{buyer_email}</BuyerEmailaddressIdentifier>"
        "</BuyerCommunicationDetails>"
        if buyer_email
        else ""
    )
    bid = f"<BuyerPartyIdentifier>{buyer_bid}</BuyerPartyIdentifier>" if buyer_bid else ""
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
<?xml-stylesheet type="text/xsl" href="Finvoice.xsl"?>
<Finvoice Version="{version}">{transmission}
<SellerPartyDetails><SellerPartyIdentifier>2345678-0</SellerPartyIdentifier>
<SellerOrganisationName>Pohjolan Puu Öljy Oy</SellerOrganisationName>
<SellerOrganisationTaxCode>FI23456780</SellerOrganisationTaxCode>
<SellerPostalAddressDetails><SellerStreetName>Sahakatu 1</SellerStreetName><SellerTownName>Oulu</SellerTownName>
<SellerPostCodeIdentifier>90100</SellerPostCodeIdentifier><CountryCode>FI</CountryCode></SellerPostalAddressDetails>
</SellerPartyDetails>
<BuyerPartyDetails>{bid}<BuyerOrganisationName>Rannan Rauta Oy</BuyerOrganisationName>
<BuyerPostalAddressDetails>{address}</BuyerPostalAddressDetails></BuyerPartyDetails>{communication}
<InvoiceDetails><InvoiceTypeCode>INV01</InvoiceTypeCode><InvoiceTypeText>LASKU</InvoiceTypeText>
<OriginCode>Original</OriginCode><InvoiceNumber>{number}</InvoiceNumber>
<InvoiceDate Format="CCYYMMDD">20260302</InvoiceDate>
<BuyerReferenceIdentifier>Projekti 7</BuyerReferenceIdentifier>
<InvoiceTotalVatExcludedAmount AmountCurrencyIdentifier="EUR">200,00</InvoiceTotalVatExcludedAmount>
<InvoiceTotalVatAmount AmountCurrencyIdentifier="EUR">51,00</InvoiceTotalVatAmount>
<InvoiceTotalVatIncludedAmount AmountCurrencyIdentifier="EUR">251,00</InvoiceTotalVatIncludedAmount>
<VatSpecificationDetails><VatBaseAmount AmountCurrencyIdentifier="EUR">200,00</VatBaseAmount>
<VatRatePercent>25,5</VatRatePercent><VatRateAmount AmountCurrencyIdentifier="EUR">51,00</VatRateAmount>
</VatSpecificationDetails>
<PaymentTermsDetails><PaymentTermsFreeText>14 päivää netto</PaymentTermsFreeText>
<InvoiceDueDate Format="CCYYMMDD">20260316</InvoiceDueDate></PaymentTermsDetails>{details}</InvoiceDetails>
<InvoiceRow><ArticleIdentifier>L-1</ArticleIdentifier><ArticleName>Lauta 22x100</ArticleName>
<DeliveredQuantity QuantityUnitCode="m">80,0</DeliveredQuantity>
<UnitPriceAmount AmountCurrencyIdentifier="EUR">2,50</UnitPriceAmount>
<RowVatRatePercent>25,5</RowVatRatePercent>
<RowVatExcludedAmount AmountCurrencyIdentifier="EUR">200,00</RowVatExcludedAmount></InvoiceRow>
<EpiDetails><EpiIdentificationDetails><EpiDate Format="CCYYMMDD">20260302</EpiDate>
<EpiReference>{reference}</EpiReference></EpiIdentificationDetails>
<EpiPartyDetails><EpiBfiPartyDetails><EpiBfiIdentifier IdentificationSchemeName="BIC">NDEAFIHH</EpiBfiIdentifier>
</EpiBfiPartyDetails><EpiBeneficiaryPartyDetails>
<EpiAccountID IdentificationSchemeName="IBAN">FI2112345600000785</EpiAccountID></EpiBeneficiaryPartyDetails>
</EpiPartyDetails><EpiPaymentInstructionDetails>
<EpiRemittanceInfoIdentifier IdentificationSchemeName="SPY">{reference}</EpiRemittanceInfoIdentifier>
<EpiInstructedAmount AmountCurrencyIdentifier="EUR">251,00</EpiInstructedAmount>
<EpiCharge ChargeOption="SHA">SHA</EpiCharge><EpiDateOptionDate Format="CCYYMMDD">20260316</EpiDateOptionDate>
</EpiPaymentInstructionDetails></EpiDetails></Finvoice>"""
    return text.encode(encoding)


def transmission(address: str, operator: str, scheme: str = "") -> str:
    """The electronic addresses of a Finvoice, sender's and recipient's."""
    attribute = f' SchemeID="{scheme}"' if scheme else ""
    return f"""<MessageTransmissionDetails><MessageSenderDetails><FromIdentifier>003723456780</FromIdentifier>
<FromIntermediator>003721291126</FromIntermediator></MessageSenderDetails><MessageReceiverDetails>
<ToIdentifier{attribute}>{address}</ToIdentifier><ToIntermediator>{operator}</ToIntermediator></MessageReceiverDetails>
<MessageDetails><MessageIdentifier>m1</MessageIdentifier><MessageTimeStamp>2026-03-02T10:00:00+02:00</MessageTimeStamp>
</MessageDetails></MessageTransmissionDetails>"""


def peppol(
    *,
    number: str = "P-77",
    scheme: str = "0192",
    endpoint: str = "987654325",
    customization: str = PEPPOL_CUSTOMIZATION,
    kind: str = "Invoice",
    extra: str = "",
) -> bytes:
    """A UBL document from Nordlys AS with a discount, a charge and two VAT rates."""
    quantity = "InvoicedQuantity" if kind == "Invoice" else "CreditedQuantity"
    line = f"{kind}Line"
    code = (
        "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>"
        if kind == "Invoice"
        else "<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>"
    )
    due = "<cbc:DueDate>2026-04-01</cbc:DueDate>" if kind == "Invoice" else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{kind} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<cbc:CustomizationID>{customization}</cbc:CustomizationID><cbc:ProfileID>{PEPPOL_PROFILE}</cbc:ProfileID>
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate>{due}{code}
<cbc:Note>Takk for handelen</cbc:Note>
<cbc:DocumentCurrencyCode>NOK</cbc:DocumentCurrencyCode><cbc:BuyerReference>Åse</cbc:BuyerReference>
<cac:OrderReference><cbc:ID>PO-5</cbc:ID></cac:OrderReference>{extra}
<cac:AccountingSupplierParty><cac:Party><cbc:EndpointID schemeID="0192">923456783</cbc:EndpointID>
<cac:PostalAddress><cbc:StreetName>Havnegata 3</cbc:StreetName><cbc:CityName>Bodø</cbc:CityName>
<cbc:PostalZone>8006</cbc:PostalZone><cac:Country><cbc:IdentificationCode>NO</cbc:IdentificationCode></cac:Country>
</cac:PostalAddress><cac:PartyTaxScheme><cbc:CompanyID>NO923456783MVA</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>Nordlys AS</cbc:RegistrationName>
<cbc:CompanyID schemeID="0192">923456783</cbc:CompanyID></cac:PartyLegalEntity></cac:Party>
</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party><cbc:EndpointID schemeID="{scheme}">{endpoint}</cbc:EndpointID>
<cac:PostalAddress><cbc:StreetName>Kaien 1</cbc:StreetName>
<cbc:AdditionalStreetName>2. etasje</cbc:AdditionalStreetName>
<cbc:CityName>Bergen</cbc:CityName><cbc:PostalZone>5003</cbc:PostalZone>
<cac:Country><cbc:IdentificationCode>NO</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyLegalEntity><cbc:RegistrationName>Fjordhandel AS</cbc:RegistrationName>
<cbc:CompanyID>987654325</cbc:CompanyID></cac:PartyLegalEntity>
<cac:Contact><cbc:ElectronicMail>faktura@fjordhandel.example</cbc:ElectronicMail></cac:Contact>
</cac:Party></cac:AccountingCustomerParty>
<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentID>000123</cbc:PaymentID>
<cac:PayeeFinancialAccount><cbc:ID>NO9386011117947</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:PaymentTerms><cbc:Note>30 dager netto</cbc:Note></cac:PaymentTerms>
<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
<cbc:AllowanceChargeReason>Frakt</cbc:AllowanceChargeReason>
<cbc:Amount currencyID="NOK">40.00</cbc:Amount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:AllowanceCharge>
<cac:TaxTotal><cbc:TaxAmount currencyID="NOK">92.50</cbc:TaxAmount>
<cac:TaxSubtotal><cbc:TaxableAmount currencyID="NOK">310.00</cbc:TaxableAmount>
<cbc:TaxAmount currencyID="NOK">77.50</cbc:TaxAmount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>
<cac:TaxSubtotal><cbc:TaxableAmount currencyID="NOK">100.00</cbc:TaxableAmount>
<cbc:TaxAmount currencyID="NOK">15.00</cbc:TaxAmount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>15</cbc:Percent>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>
</cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="NOK">370.00</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount currencyID="NOK">410.00</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount currencyID="NOK">502.50</cbc:TaxInclusiveAmount>
<cbc:ChargeTotalAmount currencyID="NOK">40.00</cbc:ChargeTotalAmount>
<cbc:PrepaidAmount currencyID="NOK">2.50</cbc:PrepaidAmount>
<cbc:PayableAmount currencyID="NOK">500.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:{line}><cbc:ID>1</cbc:ID><cbc:{quantity} unitCode="KGM">3</cbc:{quantity}>
<cbc:LineExtensionAmount currencyID="NOK">270.00</cbc:LineExtensionAmount>
<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
<cbc:AllowanceChargeReason>Rabatt</cbc:AllowanceChargeReason>
<cbc:Amount currencyID="NOK">30.00</cbc:Amount></cac:AllowanceCharge>
<cac:Item><cbc:Name>Tørrfisk</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>25</cbc:Percent>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="NOK">100</cbc:PriceAmount></cac:Price></cac:{line}>
<cac:{line}><cbc:ID>2</cbc:ID><cbc:{quantity} unitCode="C62">2</cbc:{quantity}>
<cbc:LineExtensionAmount currencyID="NOK">100.00</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>Brød</cbc:Name><cac:SellersItemIdentification><cbc:ID>B-2</cbc:ID></cac:SellersItemIdentification>
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>15</cbc:Percent>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
<cac:Price><cbc:PriceAmount currencyID="NOK">50</cbc:PriceAmount></cac:Price></cac:{line}></{kind}>""".encode()


def cii() -> bytes:
    """A Cross Industry Invoice from Hafenbau GmbH."""
    name = "urn:un:unece:uncefact:data:standard"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="{name}:CrossIndustryInvoice:100"
 xmlns:ram="{name}:ReusableAggregateBusinessInformationEntity:100" xmlns:udt="{name}:UnqualifiedDataType:100">
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
<ram:ID>urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument><ram:ID>R-12</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20260302</udt:DateTimeString></ram:IssueDateTime>
<ram:IncludedNote><ram:Content>Danke</ram:Content></ram:IncludedNote></rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem>
<ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:Name>Pfahl</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>25.00</ram:ChargeAmount>
</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery>
<ram:BilledQuantity unitCode="C62">4</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode>
<ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19</ram:RateApplicablePercent>
</ram:ApplicableTradeTax><ram:SpecifiedTradeSettlementLineMonetarySummation>
<ram:LineTotalAmount>100.00</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement><ram:BuyerReference>04011000-12345-03</ram:BuyerReference>
<ram:SellerTradeParty>
<ram:Name>Hafenbau GmbH</ram:Name><ram:PostalTradeAddress><ram:PostcodeCode>20457</ram:PostcodeCode>
<ram:LineOne>Kehrwieder 1</ram:LineOne><ram:CityName>Hamburg</ram:CityName><ram:CountryID>DE</ram:CountryID>
</ram:PostalTradeAddress><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE987654328</ram:ID>
</ram:SpecifiedTaxRegistration></ram:SellerTradeParty>
<ram:BuyerTradeParty><ram:Name>Werft AG</ram:Name><ram:PostalTradeAddress><ram:PostcodeCode>24103</ram:PostcodeCode>
<ram:LineOne>Kai 4</ram:LineOne><ram:CityName>Kiel</ram:CityName><ram:CountryID>DE</ram:CountryID>
</ram:PostalTradeAddress>
<ram:URIUniversalCommunication><ram:URIID schemeID="9930">DE123456788</ram:URIID></ram:URIUniversalCommunication>
</ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement><ram:PaymentReference>R12</ram:PaymentReference>
<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount>
<ram:IBANID>DE02120300000000202051</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>
</ram:SpecifiedTradeSettlementPaymentMeans>
<ram:ApplicableTradeTax><ram:CalculatedAmount>19.00</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
<ram:BasisAmount>100.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradePaymentTerms><ram:Description>28 Tage</ram:Description><ram:DueDateDateTime>
<udt:DateTimeString format="102">20260330</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>100.00</ram:LineTotalAmount>
<ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>
<ram:GrandTotalAmount>119.00</ram:GrandTotalAmount><ram:DuePayableAmount>119.00</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>""".encode()


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
