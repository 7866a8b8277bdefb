"""What a batch does to many documents: each goes to the receiver that it names, or to one that was given for all."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldBooleanSwitchWidget

from invoices.models import DocumentDraft
from invoices.operations import SendDocument, SendDocumentParameters
from invoices.trade import drafting
from invoices.trade.forms import ReceiverForm
from portal.operations import chains
from portal.operations.chains import Chain, Planned, Step

SEND_DOCUMENTS = "invoices.send_documents"


class ManyDocuments(msgspec.Struct, frozen=True, kw_only=True):
    """The receiver of those that name none, or of all."""

    recipient_eia: str = ""
    recipient_operator: str = ""
    recipient_name: str = ""
    recipient_country: str = ""
    for_all: bool = False


class ManyDocumentsForm(ReceiverForm):
    """To whom those go that do not say it."""

    for_all = forms.BooleanField(
        label=gettext_lazy("Send all of them there, whomever they name"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("recipient_eia", "recipient_operator"):
            self.fields[name].required = False
        self.fields["recipient_eia"].help_text = gettext_lazy(
            "For files that name none. Empty if every file names its receiver. On Peppol with its scheme in front: "
            "0216:003712345671."
        )
        self.fields["recipient_operator"].help_text = gettext_lazy(
            "PEPPOL for receivers on Peppol, else the operator's own code. Alone it is that of addresses in the files "
            "that have no scheme."
        )
        self.helper.layout.append("for_all")

    def clean_recipient_country(self) -> str:
        return str(self.cleaned_data["recipient_country"]).upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        address, operator = cleaned.get("recipient_eia"), cleaned.get("recipient_operator")
        if address and not operator and "recipient_operator" not in self.errors:
            self.add_error("recipient_operator", ValidationError(_("Give the operator too: PEPPOL, or its own code.")))
        if cleaned.get("for_all") and not address and "recipient_eia" not in self.errors:
            self.add_error("recipient_eia", ValidationError(_("Give the address that all of them go to.")))
        return cleaned


def _plan(drafts: Sequence[DocumentDraft], chosen: ManyDocuments) -> list[Planned]:
    return [_planned(draft, chosen) for draft in drafts]


def _planned(draft: DocumentDraft, chosen: ManyDocuments) -> Planned:
    receiver = _receiver(draft, chosen)
    if not receiver.recipient_eia:
        return Planned(
            draft,
            reason=_("The file names no receiver's address."),
            remedy=_("Choose again, and give the address that such files go to."),
        )
    if not receiver.recipient_operator:
        return Planned(
            draft,
            reason=_("The file names an address without its operator."),
            remedy=_("Choose again, and give the operator of such addresses."),
        )
    return Planned(draft, [Step(SendDocument.kind, draft, receiver)])


def _receiver(draft: DocumentDraft, chosen: ManyDocuments) -> SendDocumentParameters:
    """Return to whom a document goes; address or operator is "" where neither it nor anybody says it."""
    if chosen.for_all or not draft.receiver_address:
        return SendDocumentParameters(
            recipient_eia=chosen.recipient_eia,
            recipient_operator=chosen.recipient_operator,
            recipient_name=chosen.recipient_name,
            recipient_country=chosen.recipient_country,
        )
    return SendDocumentParameters(
        recipient_eia=draft.receiver_address,
        recipient_operator=drafting.operator_of(draft.receiver_address) or chosen.recipient_operator,
        recipient_name=draft.receiver[:200],
    )


chains.register(
    Chain(
        name=SEND_DOCUMENTS,
        label=gettext_lazy("Send documents"),
        permission=SendDocument.permission,
        plan=_plan,
        verb=gettext_lazy("Send"),
        weight=SendDocument.weight,
        Parameters=ManyDocuments,
        form=ManyDocumentsForm,
    )
)
