"""Comparing a company's bank rows with what agencies still collect for it."""

from typing import Any
from urllib.parse import urlencode

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminFileFieldWidget

from companies.models import Company
from companies.pages.one_company import company_or_404, on_tab
from portal.sites import page, site
from receivables.bank import BankFileError, proposing
from receivables.models import BankFile
from receivables.pages.company import TAB_NAME

_may_tell = permission_required("receivables.add_event", raise_exception=True)
_MOST_BYTES = 256 * 2**20
_SHOWN = 10


class BankFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Bank file"),
        help_text=gettext_lazy(
            "The account's statement as CAMT.053, or its rows as CSV whose first line names the columns: date, amount, "
            "reference, payer. The rows are compared and not kept."
        ),
        widget=UnfoldAdminFileFieldWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_file(self) -> Any:
        given = self.cleaned_data["file"]
        if given.size > _MOST_BYTES:
            raise ValidationError(_("The file is larger than 256 MB. Give a shorter span of time."))
        return given


@_may_tell
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file, and lead to the payments that were found in it."""
    company = company_or_404(request, pk)
    form = BankFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            file = proposing.propose(company, given.name, given.file, request.user)
        except BankFileError as error:
            form.add_error("file", f"{error.text} {error.remedy}".strip())
        else:
            text = ngettext(
                "%(found)d of %(rows)d row looks like a payment that an agency does not know of.",
                "%(found)d of %(rows)d rows look like payments that an agency does not know of.",
                file.rows,
            )
            messages.success(request, text % {"found": file.found, "rows": file.rows})
            return redirect(_proposals(file))
    recent = BankFile.objects.filter(company=company).order_by("-created_at")[:_SHOWN]
    context = {
        "title": _("Compare with bank rows"),
        "opts": Company._meta,
        "original": company,
        "form": form,
        "files": [(file, _proposals(file)) for file in recent],
        "back": on_tab(company, TAB_NAME),
    }
    return page(request, "receivables/bank.html", context)


def _proposals(file: BankFile) -> str:
    query = urlencode({"bank_file": file.pk, "state": "proposed"})
    return f"{reverse('admin:receivables_paymentproposal_changelist')}?{query}"


def register() -> None:
    """Hang the page into the admin site."""
    site().register_view("receivables/bank/<int:pk>/", compare, "receivables_bank")
