"""Forms of documents: which one, to whom, and the answer to an invoice."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from invoices.files import xml
from invoices.operations.documents import SendDocumentParameters
from invoices.sending import packages
from invoices.sending.forms import FilesInput, SendForm
from invoices.trade import answers
from invoices.trade.answers import Answer
from invoices.trade.drafting import PEPPOL, GivenFile
from invoices.trade.kinds import DocumentType
from invoices.trade.responses import Response
from portal.form_rows import side_by_side

_MOST_ATTACHMENTS = 20
_FILE_CLASSES = {"class": " ".join(INPUT_CLASSES)}


class ManyFilesField(forms.FileField):
    """Any number of files, none included; cleans to a list of GivenFile."""

    def clean(self, data: Any, initial: Any = None) -> list[GivenFile]:
        given = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(given) > _MOST_ATTACHMENTS:
            raise ValidationError(_("At most %(count)s attachments.") % {"count": _MOST_ATTACHMENTS})
        if sum(file.size or 0 for file in given) > packages.MAX_BYTES:
            raise ValidationError(xml.too_large(sum(file.size or 0 for file in given), packages.MAX_BYTES))
        return [GivenFile(file.name or "attachment", file.read()) for file in given]


class DocumentForm(SendForm):
    """Which documents, as which company, and of which type where they do not say it."""

    type = forms.ChoiceField(
        label=gettext_lazy("Type"),
        required=False,
        choices=(("", gettext_lazy("as the file says")), *DocumentType.choices),
        help_text=gettext_lazy("Peppol and other UBL files say it themselves."),
        widget=UnfoldAdminSelectWidget,
    )
    attachments = ManyFilesField(
        label=gettext_lazy("Attachments"),
        required=False,
        help_text=gettext_lazy("Of one document. Among several, name them like it: 1001.xml, 1001-terms.pdf."),
        widget=FilesInput(attrs={**_FILE_CLASSES, "multiple": True}),
    )

    def __init__(self, *args: Any, in_portions: bool = False, **kwargs: Any) -> None:
        """:param in_portions: the files are some of many: what is wrong with one of them is told in its row"""
        super().__init__(*args, **kwargs)
        self._in_portions = in_portions
        files = self.fields["files"]
        files.label = _("Documents")
        files.help_text = _(
            "One, several, folders or ZIPs. Usually XML; a voucher or a scanned document may be a PDF. "
            "Nothing is sent yet."
        )
        self.helper.layout = Layout("account", "files", "company", "type", "attachments")

    def clean(self) -> dict[str, Any]:
        """`single` is the document if there is only one; None: several files, or a ZIP."""
        cleaned = super().clean()
        files, attachments = cleaned.get("files") or [], cleaned.get("attachments")
        cleaned["single"] = None
        if len(files) == 1 and not self._in_portions:
            try:
                cleaned["single"] = _single(files[0])
            except ValidationError as error:
                self.add_error("files", error)
        if attachments and "files" not in self.errors:
            if not cleaned["single"]:
                text = _("They go with one document. Among several, name them like it: 1001.xml, 1001-terms.pdf.")
                self.add_error("attachments", ValidationError(text))
            elif not cleaned.get("company") and "company" not in self.errors:
                text = _("Name the company that sends the document with these attachments.")
                self.add_error("company", ValidationError(text))
        return cleaned


def _single(file: "UploadedFile[Any]") -> GivenFile | None:
    """
    Return a document; None for a ZIP, which may hold many.

    :raises ValidationError: it is too large, empty or broken
    """
    head = file.read(4)
    file.seek(0)
    if packages.is_zip(head) and not (file.name or "").lower().endswith(packages.OFFICE):
        return None
    return _readable(file)


def _readable(file: "UploadedFile[Any]") -> GivenFile:
    if not file.size:
        raise ValidationError(_("The file is empty. Choose another one."))
    if file.size > packages.MAX_BYTES:
        raise ValidationError(xml.too_large(file.size, packages.MAX_BYTES))
    content = file.read()
    if xml.looks_like_xml(content):
        try:
            xml.parse(content)
        except xml.UnreadableFileError as error:
            raise ValidationError(str(error)) from error
    return GivenFile(file.name or "document.xml", content)


class ReceiverForm(forms.Form):
    """To exactly which address, at which operator."""

    recipient_eia = forms.CharField(
        label=gettext_lazy("Receiver's address"),
        max_length=128,
        help_text=gettext_lazy("On Peppol with its scheme in front: 0216:003712345671."),
        error_messages={"required": gettext_lazy("Give the receiver's address; the look-up knows it.")},
        widget=UnfoldAdminTextInputWidget,
    )
    recipient_operator = forms.CharField(
        label=gettext_lazy("Receiver's operator"),
        max_length=128,
        help_text=gettext_lazy("PEPPOL for receivers on Peppol, else the operator's own code."),
        error_messages={"required": gettext_lazy("Give the operator; the look-up knows it.")},
        widget=UnfoldAdminTextInputWidget,
    )
    recipient_name = forms.CharField(
        label=gettext_lazy("Receiver's name"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget
    )
    recipient_country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=gettext_lazy("Country"),
        required=False,
        error_messages={"invalid": gettext_lazy("Two letters, such as FI.")},
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            side_by_side("recipient_eia", "recipient_operator"),
            side_by_side("recipient_name", "recipient_country"),
        )

    def clean_recipient_eia(self) -> str:
        return "".join(str(self.cleaned_data["recipient_eia"]).split())

    def clean_recipient_operator(self) -> str:
        operator = "".join(str(self.cleaned_data["recipient_operator"]).split())
        return PEPPOL if operator.upper() == PEPPOL else operator

    def parameters(self, copy: int) -> SendDocumentParameters:
        given = self.cleaned_data
        country = given["recipient_country"].upper()
        return SendDocumentParameters(
            recipient_eia=given["recipient_eia"],
            recipient_operator=given["recipient_operator"],
            recipient_name=given["recipient_name"],
            recipient_country=country,
            copy=copy,
        )


class AnswerForm(forms.Form):
    """One answer of those that may be given now."""

    code = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        error_messages={"required": gettext_lazy("Choose an answer.")},
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, offered: list[Answer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = {answer.code: answer for answer in offered}
        choices = [(answer.code, f"{answer.name}: {answer.hint}") for answer in offered]
        self.fields["code"].choices = choices  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def chosen(self) -> Answer | None:
        return self._offered.get(self.cleaned_data.get("code", ""))


class NemhandelForm(AnswerForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("The supplier reads it."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = self.chosen()
        if chosen and chosen.needs_reason and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", ValidationError(_("Say why: the supplier has to know what to do.")))
        return cleaned


class ResponseForm(AnswerForm):
    """A Peppol Invoice Response."""

    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("Reasons"),
        required=False,
        choices=tuple(answers.REASONS.items()),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    actions = forms.MultipleChoiceField(
        label=gettext_lazy("What the supplier shall do"),
        required=False,
        choices=tuple(answers.ACTIONS.items()),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    note = forms.CharField(
        label=gettext_lazy("In words"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("The supplier reads it."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen, reasons = self.chosen(), cleaned.get("reasons") or []
        if chosen and chosen.needs_reason and not reasons:
            self.add_error("reasons", ValidationError(_("Tick why: the supplier has to know what to do.")))
        in_words = "OTH" in reasons or "OTH" in (cleaned.get("actions") or [])
        if in_words and not (cleaned.get("note") or "").strip():
            self.add_error("note", ValidationError(_("Say it in words: “another” alone tells the supplier nothing.")))
        return cleaned

    def response(self) -> Response:
        given = self.cleaned_data
        return Response(
            code=given["code"],
            reasons=tuple(given["reasons"]),
            actions=tuple(given["actions"]),
            note=given["note"].strip(),
        )
