"""Asking for a verdict: AutoInvoice's Validator, or the published rules that the portal can check by itself."""

from django.utils.translation import gettext_lazy as _

from invoices.files import xml
from invoices.files.xml import UnreadableFileError
from invoices.sending import packages
from invoices.services import ValidatorService
from invoices.services.validator import Assertion, ValidationReport
from invoices.validation import published, reading
from invoices.validation.model import Checked, Finding, Meaning, Text
from invoices.validation.places import Source
from invoices.validation.words import meaning_of
from portal import maventa

AUTOINVOICE = _("AutoInvoice's Validator")
PUBLISHED = _("The portal's own offline check (not AutoInvoice)")
_NOT_SHOWN = _("The portal cannot read the file, so it cannot show the lines.")
_LAID_OUT = _("The file has hardly any line breaks; the lines are counted in a readable layout of the portal's.")


def by_autoinvoice(client: maventa.Client, content: bytes, name: str) -> Checked:
    """
    Return what AutoInvoice's Validator says of a file: one XML, or the one in a ZIP. Nothing is sent to a receiver.

    A file that the portal cannot read is asked about all the same; the Validator has the last word.
    """
    try:
        inner, inner_name = _xml_of(content, name)
    except UnreadableFileError as error:
        return Checked(AUTOINVOICE, problem=error.text, remedy=error.remedy)
    source, notes = _source(inner)
    part = maventa.FilePart("file", inner_name, inner, "application/xml")
    try:
        report = ValidatorService(client).validate(part)
    except maventa.MaventaError as error:
        return Checked(AUTOINVOICE, problem=error.staff_text, remedy=_("Nothing was sent. Try again, or send without."))
    return _with_notes(_read(report, source), notes)


def by_published_rules(content: bytes, name: str) -> Checked:
    """Return what the published Peppol and EN 16931 rules say of a file, without asking anybody outside."""
    try:
        inner, _inner_name = _xml_of(content, name)
        root = xml.parse(inner)
        findings = published.findings(root)
    except (UnreadableFileError, published.NotCheckedError) as error:
        return Checked(PUBLISHED, problem=error.text, remedy=error.remedy)
    source, notes = _source(inner)
    words = {finding.meaning for finding in findings}
    word = next((str(meaning) for meaning in Meaning if meaning in words), "ok")
    facts = reading.facts(**{str(_("Rules")): ", ".join(published.rules_for(root))})
    return _with_notes(reading.checked(PUBLISHED, word, findings, source, facts), notes)


def _xml_of(content: bytes, name: str) -> tuple[bytes, str]:
    """Return the XML and its name; a file that is neither XML nor ZIP is left to the Validator."""
    package = packages.read(content, name)
    return package.xml, package.xml_name.rpartition("/")[2] or "document.xml"


def _source(content: bytes) -> tuple[Source | None, tuple[Text, ...]]:
    try:
        source = Source(content)
    except UnreadableFileError as error:
        return None, (_NOT_SHOWN, error.text)
    return source, (_LAID_OUT,) if source.is_laid_out else ()


def _with_notes(found: Checked, notes: tuple[Text, ...]) -> Checked:
    return Checked(
        found.by, found.verdict, found.word, found.says, found.tone, found.icon, found.facts, found.groups, notes=notes
    )


def _read(report: ValidationReport, source: Source | None) -> Checked:
    findings = [_finding(assertion) for assertion in report.assertions or []]
    named = {
        str(_("Taken for")): " ".join(filter(None, (report.document_format, report.document_version))),
        str(_("Document")): report.document_title,
        str(_("Identifier")): report.document_identifier,
        str(_("Version of the Validator")): report.service_version,
    }
    return reading.checked(AUTOINVOICE, report.result or "", findings, source, reading.facts(**named))


def _finding(assertion: Assertion) -> Finding:
    meaning = Meaning.ADVICE if assertion.phasein else meaning_of(assertion.status)
    return Finding(
        rule=assertion.id or "",
        text=assertion.title or assertion.test or "",
        word=assertion.status or "",
        meaning=meaning,
        location=assertion.location or "",
        test=assertion.test or "",
    )
