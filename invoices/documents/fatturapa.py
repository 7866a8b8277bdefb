"""FatturaPA 1.2, the Italian format. Source: the public description by Agenzia delle Entrate."""

import datetime as dt
from collections.abc import Iterable, Iterator
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
    "TD28": Kind.SELF_BILLED_INVOICE, "TD29": Kind.SELF_BILLED_INVOICE,
}  # fmt: skip
_NO_CODE = frozenset({"", "000000", "0000000", "999999", "XXXXXXX"})  # who has no address at the exchange, or is abroad
_AGREEMENTS = ("DatiOrdineAcquisto", "DatiContratto", "DatiConvenzione")
_SURCHARGE, _PAID_BY_BUYER = "MG", "S"
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
        read_details=lambda: _details(header, body, general),
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
    endpoint = certified_mail if code in _NO_CODE else code
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
    bases = total(amount(row, "ImponibileImporto") for row in summaries)
    tax = total(amount(row, "Imposta") for row in summaries)
    payable = total(amount.of(text) for row in _payment_rows(body) if (text := row.text("ImportoPagamento")))
    whole, extra = amount(general, "ImportoTotaleDocumento"), _extra(general, summaries, amount)
    taxed = None if bases is None or tax is None else bases + tax
    discounts, surcharges = _untaxed(general, None if whole is None or taxed is None else whole - taxed, amount)
    net = None if bases is None else bases - discounts + surcharges
    if whole is None and net is not None and tax is not None:  # it may be left out
        whole = net + tax
    return Amounts(
        lines=total(lines),
        line_count=len(lines),
        line_total=None if bases is None else bases - extra,
        allowances=discounts or None,
        charges=extra + surcharges or None,
        without_tax=net,
        tax=tax,
        taxes=tax,
        tax_bases=bases,
        with_tax=whole,
        withheld=_withheld(general, summaries, whole, payable),
        rounding=amount(general, "Arrotondamento"),
        payable=payable,
        unreadable=tuple(amount.unreadable),
    )


def _extra(general: Branch, summaries: list[Branch], amount: Amount) -> Decimal:
    """Return what is taxed beside the lines: pension contributions, side costs, roundings."""
    funds = [amount(fund, "ImportoContributoCassa") for fund in general.all("DatiCassaPrevidenziale")]
    costs = [amount(row, name) for row in summaries for name in ("SpeseAccessorie", "Arrotondamento")]
    return _sum((*funds, *costs))


def _untaxed(general: Branch, beyond: Decimal | None, amount: Amount) -> tuple[Decimal, Decimal]:
    """
    Return discounts and surcharges of the whole, which stand outside of the VAT breakdown.

    :param beyond: what the stated total adds to the breakdown; None where no total is stated
    """
    if beyond == _ZERO:
        return _ZERO, _ZERO
    rows = general.all("ScontoMaggiorazione")
    discounts = _sum(amount(row, "Importo") for row in rows if row.text("Tipo") != _SURCHARGE)
    surcharges = _sum(amount(row, "Importo") for row in rows if row.text("Tipo") == _SURCHARGE)
    # Most sellers bear the stamp duty, or bill it as a line; some add it to the total without one.
    stamp = amount(general, "DatiBollo", "ImportoBollo") or _ZERO
    return discounts, surcharges + stamp if beyond == surcharges - discounts + stamp else surcharges


def _withheld(
    general: Branch, summaries: list[Branch], whole: Decimal | None, payable: Decimal | None
) -> Decimal | None:
    """Return what the buyer pays to the state in the seller's stead, where the payments leave it out."""
    if whole is None or payable is None:
        return None
    retained = _sum(row.amount("ImportoRitenuta") for row in general.all("DatiRitenuta"))
    vat = _sum(row.amount("Imposta") for row in summaries if row.text("EsigibilitaIVA") == _PAID_BY_BUYER)
    return next((part for part in (retained, vat, retained + vat) if part and whole - part == payable), None)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    """Return the sum of those that are there."""
    return sum((amount for amount in amounts if amount is not None), _ZERO)


def _details(header: Branch, body: Branch, general: Branch) -> Details:
    data, goods = body.one("DatiGenerali"), body.one("DatiBeniServizi")
    representative = header.one("RappresentanteFiscale")
    return Details(
        type_code=general.text("TipoDocumento"),
        references=_references(data, goods),
        tax_representative=_party(representative) if representative else None,
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
        contract=data.text("DatiContratto", "IdDocumento") or data.text("DatiConvenzione", "IdDocumento"),
        project=_agreed(data, "CodiceCUP"),
        tender=_agreed(data, "CodiceCIG"),
        accounting=goods.text("DettaglioLinee", "RiferimentoAmministrazione"),
        despatch=data.text("DatiDDT", "NumeroDDT"),
        receipt=data.text("DatiRicezione", "IdDocumento"),
        preceding=distinct(*(one.text("IdDocumento") for one in data.all("DatiFattureCollegate"))),
    )


def _agreed(data: Branch, name: str) -> str:
    """Return the first such code of the orders, contracts and frameworks."""
    rows = (row for kind in _AGREEMENTS for row in data.all(kind))
    return next((text for row in rows if (text := row.text(name))), "")


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
            is_charge=found.text("Tipo") == _SURCHARGE,
            amount=found.amount("Importo"),
            percent=found.amount("Percentuale"),
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
