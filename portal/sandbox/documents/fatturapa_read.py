"""FatturaPA 1.2 in outline."""

from decimal import Decimal

from portal.sandbox.documents.model import Address, Document, Line, Party, Payment, Totals, VatRow
from portal.sandbox.documents.outline import Part
from portal.sandbox.documents.tree import Element

CREDIT_NOTE = "TD04"
ZERO = Decimal(0)


def read(root: Element) -> Document:
    """:raises portal.sandbox.documents.errors.DocumentError: an amount or date that is none"""
    tree = Part(root)
    head, body = tree.part("FatturaElettronicaHeader"), tree.part("FatturaElettronicaBody")
    general, goods = body.part("DatiGenerali/DatiGeneraliDocumento"), body.part("DatiBeniServizi")
    payment = body.part("DatiPagamento/DettaglioPagamento")
    rows = [_vat(row) for row in goods.parts("DatiRiepilogo")]
    return Document(
        format="FATTURAPA12",
        kind="CREDIT_NOTE" if general.text("TipoDocumento") == CREDIT_NOTE else "INVOICE",
        number=general.text("Numero"),
        issue_date=general.day("Data"),
        due_date=payment.day("DataScadenzaPagamento"),
        currency=general.text("Divisa"),
        seller=_party(head.part("CedentePrestatore")),
        buyer=_party(head.part("CessionarioCommittente")),
        lines=[_line(line) for line in goods.parts("DettaglioLinee")],
        vat_rows=rows,
        totals=Totals(
            net=sum((row.base for row in rows), ZERO) if rows else None,
            vat=sum((row.amount for row in rows), ZERO) if rows else None,
            gross=general.amount("ImportoTotaleDocumento"),
        ),
        payment=Payment(
            account=payment.text("IBAN"), bic=payment.text("BIC"), reference=payment.text("CodicePagamento")
        ),
    )


def _party(party: Part) -> Party:
    about, where = party.part("DatiAnagrafici"), party.part("Sede")
    number, who = about.part("IdFiscaleIVA"), about.part("Anagrafica")
    person = " ".join(filter(None, (who.text("Nome"), who.text("Cognome"))))
    country = where.text("Nazione") or number.text("IdPaese")
    code = number.text("IdCodice")
    return Party(
        name=who.text("Denominazione") or person,
        bid=about.text("CodiceFiscale"),
        vat=f"{number.text('IdPaese')}{code}" if code else "",
        address=Address(
            streets=[street] if (street := where.text("Indirizzo")) else [],
            city=where.text("Comune"),
            post_code=where.text("CAP"),
            region=where.text("Provincia"),
            country=country,
        ),
    )


def _line(line: Part) -> Line:
    return Line(
        id=line.text("NumeroLinea"),
        name=line.text("Descrizione"),
        quantity=line.amount("Quantita"),
        unit_text=line.text("UnitaMisura"),
        price=line.amount("PrezzoUnitario"),
        net=line.amount("PrezzoTotale"),
        vat_rate=line.amount("AliquotaIVA"),
    )


def _vat(row: Part) -> VatRow:
    rate = row.amount("AliquotaIVA")
    return VatRow(
        category="S" if rate else "Z",
        rate=rate,
        base=row.amount("ImponibileImporto") or ZERO,
        amount=row.amount("Imposta") or ZERO,
    )
