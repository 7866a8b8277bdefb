"""Whether given files were sent before, or are under way: read for many of them with two statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from invoices.models import Invoice, Upload
from portal.operations.enums import OPEN_STATES
from portal.operations.models import Operation

KIND = "invoices.send"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some uploads, by the id of their rows."""

    invoices: dict[int, Invoice] = field(default_factory=dict)
    under_way: dict[int, int] = field(default_factory=dict)  # id of the operation

    def why(self, upload: Upload) -> tuple[str, str]:
        """Return why it is not sent again, and what to do."""
        if invoice := self.invoices.get(upload.pk):
            return (
                _("This file was sent already: invoice %(number)s.") % {"number": invoice},
                _("Open that invoice. To send it once more on purpose, press “Send again as a new copy” there."),
            )
        return _("This file is being sent already."), ""


def look_up(uploads: Sequence[Upload]) -> Known:
    """Return what is known of the sending of uploads of one account."""
    if not uploads:
        return Known()
    by_uuid = {(upload.company_id, upload.uuid): upload.pk for upload in uploads}
    found = Invoice.objects.filter(account=uploads[0].account_id, uuid__in={upload.uuid for upload in uploads})
    open_ones = Operation.objects.filter(
        kind=KIND,
        target_type=ContentType.objects.get_for_model(Upload),
        target_id__in=[upload.pk for upload in uploads],
        state__in=OPEN_STATES,
    )
    invoices = {by_uuid.get((invoice.company_id, invoice.uuid)): invoice for invoice in found}
    return Known(
        {pk: invoice for pk, invoice in invoices.items() if pk is not None},
        dict(open_ones.values_list("target_id", "pk")),
    )


def note(uploads: Sequence[Upload]) -> None:
    """Read at once what the policy of sending will ask for each; it is asked once, then read anew."""
    known = look_up(uploads)
    for upload in uploads:
        upload.noted = known


def noted(upload: Upload) -> Known:
    """Return what was noted for this question, or read it."""
    known, upload.noted = upload.noted, None
    return known or look_up([upload])
