"""What a batch does to many files: each is sent with its company's defaults, and with what was chosen for all."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from invoices.models import Upload
from invoices.operations import Send, SendParameters, sendings
from invoices.sending import defaults
from invoices.sending.option_forms import OptionsForm
from invoices.services import SendingOptions
from portal.operations import chains
from portal.operations.chains import Chain, Planned, Step

SEND_MANY = "invoices.send_many"


def _plan(uploads: Sequence[Upload], chosen: SendingOptions) -> list[Planned]:
    options = defaults.options_of({upload.company_id for upload in uploads}, chosen)
    sendings.note(uploads)
    return [
        Planned(
            upload, [Step(Send.kind, upload, SendParameters(sha256=upload.sha256, options=options[upload.company_id]))]
        )
        for upload in uploads
    ]


chains.register(
    Chain(
        name=SEND_MANY,
        label=_("Send invoices"),
        permission=Send.permission,
        plan=_plan,
        verb=_("Send"),
        weight=Send.weight,
        Parameters=SendingOptions,
        form=OptionsForm,
    )
)
