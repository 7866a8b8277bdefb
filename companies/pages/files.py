"""
Onboarding from a file, in two steps: upload and see what would happen row by row; then one button.

The file waits in the file storage under its digest between the two, so that what was planned is what is carried out.
"""

import hashlib
import io
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from companies import files, plan, uploads
from companies.files import FileError, Row
from companies.plan import Outcome, Planned
from portal.partners.fields import WrongFieldKeyError, decrypt, encrypt
from portal.partners.models import PartnerAccount
from portal.sites import page

MOST_ROWS = 5000  # in the browser; the command line takes more
SHOWN = 300
_ORDER = [Outcome.ERROR, Outcome.REFUSED, Outcome.RESERVED, Outcome.NEW, Outcome.ADD, Outcome.NOTHING]
_LOOK: dict[str, tuple[Any, str, str]] = {
    Outcome.NEW: (gettext_lazy("New"), "good", "add_circle"),
    Outcome.ADD: (gettext_lazy("Adds to it"), "info", "playlist_add"),
    Outcome.NOTHING: (gettext_lazy("Nothing to do"), "neutral", "check"),
    Outcome.RESERVED: (gettext_lazy("Taken elsewhere"), "warn", "block"),
    Outcome.REFUSED: (gettext_lazy("Not possible"), "bad", "block"),
    Outcome.ERROR: (gettext_lazy("To be corrected"), "bad", "error"),
}


class FileForm(forms.Form):
    account = forms.ModelChoiceField(
        PartnerAccount.objects.none(),
        label=gettext_lazy("Partner account"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV in UTF-8, with comma or semicolon."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,text/csv"}),
    )

    def __init__(self, *args: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["account"]
        choice.queryset = accounts
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.rows: list[Row] = []
        self.content = b""

    def clean(self) -> dict[str, Any]:
        """Read the file, so that what is wrong with it stands at its field."""
        cleaned = super().clean() or {}
        if cleaned.get("file") and cleaned.get("account"):
            self.content = cleaned["file"].read()
            try:
                self.rows = read(self.content, cleaned["account"])
            except FileError as error:
                self.add_error("file", error.text)
        return cleaned


def read(content: bytes, account: PartnerAccount) -> list[Row]:
    """
    Return the rows of a file that is small enough for the browser.

    :raises FileError: it cannot be read, or has too many rows
    """
    rows = files.read(io.BytesIO(content), account)
    if len(rows) > MOST_ROWS:
        text = _("The browser takes %(most)d rows at a time. Split the file, or run “manage.py onboard FILE.csv”.")
        raise FileError(text % {"most": MOST_ROWS})
    return rows


@permission_required("companies.add_onboarding", raise_exception=True)
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file, show the plan; with `digest` in the form, carry out what was planned."""
    accounts = PartnerAccount.objects.active().visible_to(request.user)
    if not accounts.exists():
        return page(request, "companies/no_account.html", {"title": _("Onboard from a file")})
    if request.method == "POST" and "digest" in request.POST:
        return _carry_out(request, accounts)
    form = FileForm(request.POST or None, request.FILES or None, accounts=accounts)
    if request.method == "POST" and form.is_valid():
        return _show_plan(request, form)
    context = {"title": _("Onboard from a file"), "form": form, "required": files.REQUIRED, "optional": files.OPTIONAL}
    return page(request, "companies/file.html", context)


def _show_plan(request: HttpRequest, form: FileForm) -> HttpResponse:
    account = form.cleaned_data["account"]
    planned = plan.plan(account, form.rows)
    digest = hashlib.sha256(form.content).hexdigest()
    if not default_storage.exists(_path(account, digest)):
        # Encrypted: a sole trader's business id is a personal number.
        default_storage.save(_path(account, digest), ContentFile(encrypt(form.content.decode("utf-8")).encode()))
    return _plan_page(request, planned, account=account, digest=digest, name=form.cleaned_data["file"].name)


def _carry_out(request: HttpRequest, accounts: Any) -> HttpResponse:
    account = accounts.filter(pk=request.POST.get("account") or 0).first()
    digest, name = request.POST["digest"], request.POST.get("name", "")
    path = _path(account, digest) if account and digest.isalnum() else ""
    if not path or not default_storage.exists(path):
        return _upload_again(request)
    try:
        with default_storage.open(path) as stored:
            rows = read(decrypt(stored.read().decode()).encode(), account)
    except WrongFieldKeyError:  # the field key was rotated away meanwhile
        return _upload_again(request)
    done = plan.carry_out(account, rows, actor=request.user, file=name)
    batches = [line.onboarding.batch for line in done if line.steps and line.onboarding and line.onboarding.batch]
    default_storage.delete(path)
    if batches:
        return redirect("admin:operations_batch_change", batches[-1].pk)
    messages.info(request, _("Nothing had to be done: all companies of the file are here already."))
    return _plan_page(request, done, account=account, digest="", name=name)


def _upload_again(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("The file is no longer here. Upload it once more; what is done already is not repeated."))
    return redirect("admin:onboard_file")


def _plan_page(
    request: HttpRequest, planned: list[Planned], *, account: PartnerAccount, digest: str, name: str
) -> HttpResponse:
    counts = plan.summary(planned)
    lines = sorted(planned, key=lambda line: (_ORDER.index(line.outcome), line.row.number))
    context = {
        "title": _("Onboard from a file"),
        "account": account,
        "digest": digest,
        "name": name,
        "lines": [(line, *_LOOK[line.outcome]) for line in lines[:SHOWN]],
        "hidden": max(len(lines) - SHOWN, 0),
        "counts": [(counts[outcome], *_LOOK[outcome]) for outcome in _ORDER if counts[outcome]],
        "will_run": counts[Outcome.NEW] + counts[Outcome.ADD],
        "wrong": counts[Outcome.ERROR],
    }
    return page(request, "companies/plan.html", context)


def _path(account: PartnerAccount, digest: str) -> str:
    return f"{uploads.FOLDER}/{account.pk}/{digest}.csv"
