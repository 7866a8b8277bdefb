"""FatturaPA 1.2, the Italian format. Source: the public description by Agenzia delle Entrate."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from invoices.documents.attachments import embedded
from invoices.documents.branch import Amount, Branch
from invoices.documents.details import (
    AllowanceCharge,
    Attachment,
    Delivery,
    Details,
    Line,
    PaymentMeans,
    Period,
    References,
    Vat,
)
from invoices.documents.model import Amounts, Document, Kind
from invoices.documents.party import Address, Contact, Identifier, IdKind, Party
from invoices.documents.values import as_date, distinct, total
from invoices.files.xml import several

_KINDS = {
    "TD02": Kind.PREPAYMENT, "TD03": Kind.PREPAYMENT,
    "TD04": Kind.CREDIT_NOTE, "TD08": Kind.CREDIT_NOTE,
    "TD16": Kind.SELF_BILLED_INVOICE, "TD17": Kind.SELF_BILLED_INVOICE, "TD18": Kind.SELF_BILLED_INVOICE,
    "TD19": Kind.SELF_BILLED_INVOICE, "TD20": Kind.SELF_BILLED_INVOICE, "TD21": Kind.SELF_BILLED_INVOICE,
    "TD22": Kind.SELF_BILLED_INVOICE, "TD23": Kind.SELF_BILLED_INVOICE, "TD27": Kind.SELF_BILLED_INVOICE,
}  # fmt: skip
_ZERO = Decimal(0)


def read(root: etree._Element) -> Document:
    """
    Return the one invoice of a file.

    :raises UnreadableFileError: it is a lot of several
    """
    tree = Branch(root)
    header, bodies = tree.one("FatturaElettronicaHeader"), tree.all("FatturaElettronicaBody")
    if len(bodies) > 1:
        raise several(len(bodies))
    body = bodies[0] if bodies else Branch(None)
    general = body.one("DatiGenerali", "DatiGeneraliDocumento")
    to = header.one("DatiTrasmissione")
    return Document(
        format="FATTURAPA12",
        kind=_KINDS.get(general.text("TipoDocumento"), Kind.INVOICE),
        number=general.text("Numero"),
        date=as_date(general.text("Data")),
        due_date=min(_due_dates(body), default=None),
        currency=general.text("Divisa").upper(),
        seller=_party(header.one("CedentePrestatore")),
        buyer=_party(header.one("CessionarioCommittente"), to.text("CodiceDestinatario"), to.text("PECDestinatario")),
        amounts=_amounts(body, general),
        read_details=lambda: _details(body, general),
        read_payment=lambda: (_payment(row) for row in _payment_rows(body)),
    )


def _due_dates(body: Branch) -> Iterator[dt.date]:
    for row in _payment_rows(body):
        if date := as_date(row.text("DataScadenzaPagamento")):
            yield date


def _payment_rows(body: Branch) -> Iterator[Branch]:
    for terms in body.all("DatiPagamento"):
        yield from terms.all("DettaglioPagamento")


def _party(branch: Branch, code: str = "", certified_mail: str = "") -> Party:
    about, where, contact = branch.one("DatiAnagrafici"), branch.one("Sede"), branch.one("Contatti")
    name, vat = about.one("Anagrafica"), about.one("IdFiscaleIVA")
    number = f"{vat.text('IdPaese')}{vat.text('IdCodice')}"
    ids = (
        Identifier(number, "", IdKind.VAT),
        Identifier(about.text("CodiceFiscale"), "CF", IdKind.TAX),
        Identifier(branch.text("IscrizioneREA", "NumeroREA"), "REA", IdKind.BUSINESS),
    )
    endpoint = code if code.strip("0") else certified_mail  # seven zeros stand for "none"
    return Party(
        name=name.text("Denominazione") or f"{name.text('Nome')} {name.text('Cognome')}".strip(),
        identifiers=tuple(found for found in ids if found.value),
        endpoint=endpoint,
        scheme="CODICE" if endpoint and endpoint == code else "PEC" if endpoint else "",
        address=_address(where),
        contact=Contact("", contact.text("Telefono"), contact.text("Email") or certified_mail),
    )


def _address(where: Branch) -> Address:
    street = " ".join(filter(None, (where.text("Indirizzo"), where.text("NumeroCivico"))))
    return Address(
        lines=(street,) if street else (),
        city=where.text("Comune"),
        post_code=where.text("CAP"),
        region=where.text("Provincia"),
        country=where.text("Nazione").upper(),
    )


def _amounts(body: Branch, general: Branch) -> Amounts:
    amount, goods = Amount(), body.one("DatiBeniServizi")
    lines = [amount(line, "PrezzoTotale") for line in goods.all("DettaglioLinee")]
    summaries = goods.all("DatiRiepilogo")
    net = total(amount(row, "ImponibileImporto") for row in summaries)
    tax = total(amount(row, "Imposta") for row in summaries)
    extra = _extra(general, summaries, amount)
    payments = [text for row in _payment_rows(body) if (text := row.text("ImportoPagamento"))]
    whole = amount(general, "ImportoTotaleDocumento")
    if whole is None and net is not None and tax is not None:  # it may be left out
        whole = net + tax
    return Amounts(
        lines=total(lines),
        line_count=len(lines),
        line_total=None if net is None else net - extra,
        charges=extra or None,
        without_tax=net,
        tax=tax,
        taxes=tax,
        tax_bases=net,
        with_tax=whole,
        rounding=amount(general, "Arrotondamento"),
        payable=total(amount.of(text) for text in payments),
        unreadable=tuple(amount.unreadable),
    )


def _extra(general: Branch, summaries: list[Branch], amount: Amount) -> Decimal:
    """Return what is taxed beside the lines: pension contributions, side costs, roundings."""
    funds = [amount(fund, "ImportoContributoCassa") for fund in general.all("DatiCassaPrevidenziale")]
    costs = [amount(row, name) for row in summaries for name in ("SpeseAccessorie", "Arrotondamento")]
    return sum((value for value in (*funds, *costs) if value is not None), _ZERO)


def _details(body: Branch, general: Branch) -> Details:
    data, goods = body.one("DatiGenerali"), body.one("DatiBeniServizi")
    return Details(
        type_code=general.text("TipoDocumento"),
        references=_references(data, goods),
        delivery=_delivery(data),
        lines=tuple(_line(line) for line in goods.all("DettaglioLinee")),
        allowances=tuple(_allowances(general)),
        vat=tuple(_vat(row) for row in goods.all("DatiRiepilogo")),
        payment=tuple(_payment(row) for row in _payment_rows(body)),
        payment_terms=tuple(terms.text("CondizioniPagamento") for terms in body.all("DatiPagamento")),
        notes=tuple(general.prose("Causale")),
        attachments=tuple(_attachment(found) for found in body.all("Allegati")),
    )


def _references(data: Branch, goods: Branch) -> References:
    return References(
        order=data.text("DatiOrdineAcquisto", "IdDocumento"),
        contract=data.text("DatiContratto", "IdDocumento"),
        project=data.text("DatiOrdineAcquisto", "CodiceCUP") or data.text("DatiContratto", "CodiceCUP"),
        tender=data.text("DatiOrdineAcquisto", "CodiceCIG") or data.text("DatiContratto", "CodiceCIG"),
        accounting=goods.text("DettaglioLinee", "RiferimentoAmministrazione"),
        despatch=data.text("DatiDDT", "NumeroDDT"),
        receipt=data.text("DatiRicezione", "IdDocumento"),
        preceding=distinct(*(one.text("IdDocumento") for one in data.all("DatiFattureCollegate"))),
    )


def _delivery(data: Branch) -> Delivery | None:
    transport = data.one("DatiTrasporto")
    date = as_date(transport.text("DataOraConsegna") or data.text("DatiDDT", "DataDDT"))
    where = transport.one("IndirizzoResa")
    return Delivery(date=date, address=_address(where) if where else None) if date or transport else None


def _line(line: Branch) -> Line:
    period = Period(as_date(line.text("DataInizioPeriodo")), as_date(line.text("DataFinePeriodo")))
    return Line(
        id=line.text("NumeroLinea"),
        name=line.text("Descrizione"),
        seller_item=line.text("CodiceArticolo", "CodiceValore"),
        quantity=line.amount("Quantita"),
        unit=line.text("UnitaMisura"),
        price=line.amount("PrezzoUnitario"),
        amount=line.amount("PrezzoTotale"),
        vat_category=line.text("Natura"),
        vat_rate=line.amount("AliquotaIVA"),
        allowances=tuple(_allowances(line)),
        period=period if period.start or period.end else None,
    )


def _allowances(branch: Branch) -> Iterator[AllowanceCharge]:
    for found in branch.all("ScontoMaggiorazione"):
        yield AllowanceCharge(
            is_charge=found.text("Tipo") == "MG", amount=found.amount("Importo"), percent=found.amount("Percentuale")
        )
    for fund in branch.all("DatiCassaPrevidenziale"):
        yield AllowanceCharge(
            is_charge=True,
            amount=fund.amount("ImportoContributoCassa"),
            reason=fund.text("TipoCassa"),
            percent=fund.amount("AlCassa"),
            base=fund.amount("ImponibileCassa"),
            vat_rate=fund.amount("AliquotaIVA"),
        )


def _vat(row: Branch) -> Vat:
    return Vat(
        category=row.text("Natura"),
        rate=row.amount("AliquotaIVA"),
        base=row.amount("ImponibileImporto"),
        amount=row.amount("Imposta"),
        reason=row.text("RiferimentoNormativo"),
    )


def _payment(row: Branch) -> PaymentMeans:
    iban = row.text("IBAN")
    return PaymentMeans(
        code=row.text("ModalitaPagamento"),
        account=iban,
        account_scheme="IBAN" if iban else "",
        account_name=row.text("Beneficiario"),
        bic=row.text("BIC"),
        reference=row.text("CodicePagamento"),
        due_date=as_date(row.text("DataScadenzaPagamento")),
    )


def _attachment(found: Branch) -> Attachment:
    return embedded(
        found.one("Attachment"),
        name=found.text("NomeAttachment"),
        content_type=found.text("FormatoAttachment"),
        description=found.text("DescrizioneAttachment"),
    )
