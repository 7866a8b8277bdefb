"""The same invoice, 100.00 and 24.00 of VAT, in the formats that are read in outline; written for these tests."""

SVEFAKTURA = b"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:sfti:documents:BasicInvoice:1:0" xmlns:cac="urn:sfti:CommonAggregateComponents:1:0"
 xmlns:cbc="urn:oasis:names:tc:ubl:CommonBasicComponents:1:0"><ID>S-9</ID><cbc:IssueDate>2026-03-02</cbc:IssueDate>
<InvoiceTypeCode>380</InvoiceTypeCode><InvoiceCurrencyCode>SEK</InvoiceCurrencyCode>
<cac:TaxTotal><cbc:TotalTaxAmount amountCurrencyID="SEK">24.00</cbc:TotalTaxAmount><cac:TaxSubTotal>
<cbc:TaxableAmount amountCurrencyID="SEK">100.00</cbc:TaxableAmount>
<cbc:TaxAmount amountCurrencyID="SEK">24.00</cbc:TaxAmount>
<cac:TaxCategory><cac:ID>S</cac:ID><cbc:Percent>24.00</cbc:Percent></cac:TaxCategory></cac:TaxSubTotal></cac:TaxTotal>
<cac:LegalTotal><cbc:TaxExclusiveTotalAmount amountCurrencyID="SEK">100.00</cbc:TaxExclusiveTotalAmount>
<cbc:TaxInclusiveTotalAmount amountCurrencyID="SEK">124.00</cbc:TaxInclusiveTotalAmount></cac:LegalTotal>
<cac:PaymentMeans><cbc:DuePaymentDate>2026-03-16</cbc:DuePaymentDate><cac:PayeeFinancialAccount>
<cac:ID>1234567</cac:ID><cac:PaymentInstructionID>1232</cac:PaymentInstructionID></cac:PayeeFinancialAccount>
</cac:PaymentMeans>
<cac:BuyerParty><cac:Party><cac:PartyName><cbc:Name>Buyer</cbc:Name></cac:PartyName><cac:PartyTaxScheme>
<cac:CompanyID>5590000005</cac:CompanyID><cac:TaxScheme><cac:ID>SWT</cac:ID></cac:TaxScheme></cac:PartyTaxScheme>
</cac:Party></cac:BuyerParty>
<cac:SellerParty><cac:Party><cac:PartyName><cbc:Name>Seller</cbc:Name></cac:PartyName><cac:PartyTaxScheme>
<cac:CompanyID>SE556012579001</cac:CompanyID><cac:TaxScheme><cac:ID>VAT</cac:ID></cac:TaxScheme></cac:PartyTaxScheme>
</cac:Party></cac:SellerParty>
<cac:InvoiceLine><cac:ID>1</cac:ID><cbc:InvoicedQuantity quantityUnitCode="EA">2</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount amountCurrencyID="SEK">100.00</cbc:LineExtensionAmount><cac:Item>
<cbc:Description>Plank</cbc:Description><cac:TaxCategory><cbc:Percent>24</cbc:Percent></cac:TaxCategory>
<cac:BasePrice><cbc:PriceAmount amountCurrencyID="SEK">50</cbc:PriceAmount></cac:BasePrice></cac:Item>
</cac:InvoiceLine></Invoice>"""

FATTURAPA = b"""<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica versione="FPR12" xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">
<FatturaElettronicaHeader><CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese>
<IdCodice>00000000000</IdCodice></IdFiscaleIVA><Anagrafica><Denominazione>Seller</Denominazione></Anagrafica>
</DatiAnagrafici><Sede><Indirizzo>Via 1</Indirizzo><CAP>00100</CAP><Comune>Roma</Comune><Nazione>IT</Nazione></Sede>
</CedentePrestatore><CessionarioCommittente><DatiAnagrafici><CodiceFiscale>12345678903</CodiceFiscale><Anagrafica>
<Denominazione>Buyer</Denominazione></Anagrafica></DatiAnagrafici><Sede><Indirizzo>Via 2</Indirizzo><CAP>20100</CAP>
<Comune>Milano</Comune><Nazione>IT</Nazione></Sede></CessionarioCommittente></FatturaElettronicaHeader>
<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa>
<Data>2026-03-02</Data><Numero>S-9</Numero><ImportoTotaleDocumento>124.00</ImportoTotaleDocumento>
</DatiGeneraliDocumento></DatiGenerali><DatiBeniServizi><DettaglioLinee><NumeroLinea>1</NumeroLinea>
<Descrizione>Plank</Descrizione><Quantita>2.00</Quantita><PrezzoUnitario>50.00</PrezzoUnitario>
<PrezzoTotale>100.00</PrezzoTotale><AliquotaIVA>24.00</AliquotaIVA></DettaglioLinee><DatiRiepilogo>
<AliquotaIVA>24.00</AliquotaIVA><ImponibileImporto>100.00</ImponibileImporto><Imposta>24.00</Imposta></DatiRiepilogo>
</DatiBeniServizi><DatiPagamento><DettaglioPagamento><DataScadenzaPagamento>2026-03-16</DataScadenzaPagamento>
</DettaglioPagamento></DatiPagamento></FatturaElettronicaBody></p:FatturaElettronica>"""

_DAY = "<DATE><CENTURY>20</CENTURY><DECADE_AND_YEAR>26</DECADE_AND_YEAR><MONTH>3</MONTH><DAY>{day}</DAY></DATE>"
TEAPPS = f"""<?xml version="1.0" encoding="ISO-8859-15"?>
<INVOICE_CENTER><TRANSPORT_FRAME><SENDER>003723456780</SENDER></TRANSPORT_FRAME><CONTENT_FRAME><BLOCK_RULES>
<FORMAT_VERSION>3.0</FORMAT_VERSION></BLOCK_RULES><INVOICES><INVOICE><HEADER><INVOICE_TYPE>00</INVOICE_TYPE>
<INVOICE_ID>S-9</INVOICE_ID><INVOICE_DATE>{_DAY.format(day="2")}</INVOICE_DATE>
<DUE_DATE>{_DAY.format(day="16")}</DUE_DATE><CURRENCY><CODE>EUR</CODE></CURRENCY></HEADER>
<PAYEE><CUSTOMER_INFORMATION><CUSTOMER_NAME>Seller</CUSTOMER_NAME>
<ORGANIZATION_NUMBER>2345678-0</ORGANIZATION_NUMBER></CUSTOMER_INFORMATION></PAYEE>
<RECEIVER><CUSTOMER_INFORMATION><CUSTOMER_NAME>Buyer</CUSTOMER_NAME><ORGANIZATION_NUMBER>1572860-0</ORGANIZATION_NUMBER>
</CUSTOMER_INFORMATION></RECEIVER><ROWS><ROW><ROW_NUMBER>1</ROW_NUMBER><ARTICLE><ARTICLE_NAME>Plank</ARTICLE_NAME>
</ARTICLE><QUANTITY><CHARGED SIGN="+" Q_UNIT="kpl">2</CHARGED></QUANTITY>
<PRICE_PER_UNIT><AMOUNT SIGN="+" VAT="EXCLUDED">50,00</AMOUNT></PRICE_PER_UNIT>
<ROW_TOTAL><AMOUNT SIGN="+" VAT="EXCLUDED">100,00</AMOUNT></ROW_TOTAL><VAT><RATE>24</RATE></VAT></ROW></ROWS>
<SUMMARY><INVOICE_TOTAL><AMOUNT SIGN="+" VAT="INCLUDED">124,00</AMOUNT>
<AMOUNT SIGN="+" VAT="EXCLUDED">100,00</AMOUNT></INVOICE_TOTAL><VAT_TOTAL><AMOUNT SIGN="+">24,00</AMOUNT></VAT_TOTAL>
</SUMMARY></INVOICE></INVOICES></CONTENT_FRAME></INVOICE_CENTER>""".encode("iso-8859-15")
