"""“Send invoices”: which files, as which company. They are stored and read; nothing is sent yet."""

from collections.abc import Callable, Sequence
from typing import Any, BinaryIO, cast

from django.contrib.auth.decorators import permission_required
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from companies import finding
from companies.models import Company
from invoices.enums import DropSends, DropState, FileOutcome
from invoices.files.storing import StorageError
from invoices.files.xml import UnreadableFileError
from invoices.models import Drop
from invoices.pages.drop import next_page
from invoices.sending import drops
from invoices.sending.forms import SendForm
from portal.partners.models import PartnerAccount
from portal.sites import page

_RECENT = 8
_may_send = permission_required("invoices.send_invoice", raise_exception=True)


@_may_send
def choose(request: HttpRequest) -> HttpResponse:
    """The form; `?company=` names the company by its row's id. A browser without JavaScript posts all files to it."""
    form = SendForm(request.POST or None, request.FILES or None, user=request.user, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        drop = _begin(form, request.user)
        problems = take(drop, form.cleaned_data["files"])
        if not problems:
            return redirect(next_page(drop))
        drop.delete()
        form.add_error("files", problems)
    context = {"title": _("Send invoices"), "form": form, "recent": recent_drops(request.user, DropSends.INVOICES)}
    return page(request, "invoices/send.html", context)


def recent_drops(user: Any, sends: DropSends) -> QuerySet[Drop]:
    """Return what was given lately and is kept yet."""
    accounts = PartnerAccount.objects.visible_to(user)
    rows = Drop.objects.filter(account__in=accounts, sends=sends).exclude(state=DropState.GIVING).exclude(given=[])
    return rows.select_related("created_by", "batch").order_by("-created_at")[:_RECENT]


def _begin(form: SendForm, actor: Any) -> Drop:
    return drops.begin(form.cleaned_data["account"], form.cleaned_data["company"], actor=actor)


def take(drop: Drop, files: "Sequence[UploadedFile[Any]]") -> list[str]:
    """Store the files and read them; returns what is wrong, if nothing of them can be sent."""
    try:
        drops.add(drop, [(file.name or "", cast("BinaryIO", file)) for file in files])
        drops.close(drop)
    except StorageError as exc:
        return [_not_stored(exc)]
    return _unsendable(drop)


def _not_stored(error: StorageError) -> str:
    text = _("The files could not be stored (%(why)s). Nothing was sent. Try again, or tell an administrator.")
    return text % {"why": error}


@_may_send
@require_POST
def portion(request: HttpRequest) -> JsonResponse:
    """Take one portion of many files; see `take_portion`."""
    return take_portion(request, SendForm(request.POST, request.FILES, user=request.user), _begin)


def take_portion(request: HttpRequest, form: SendForm, begin: Callable[[SendForm, Any], Drop]) -> JsonResponse:
    """Take one portion of many files; answers {"drop", "next"}, `next` with the last portion, or {"errors"}."""
    if not form.is_valid():
        errors = [f"{form.fields[name].label}: {text}" if name in form.fields else text
                  for name, texts in form.errors.items() for text in texts]  # fmt: skip
        return JsonResponse({"errors": errors}, status=400)
    drop = _drop(request) or begin(form, request.user)
    files = form.cleaned_data["files"]
    paths = request.POST.getlist("path")
    named = paths if len(paths) == len(files) else [file.name or "" for file in files]
    try:
        drops.add(drop, list(zip(named, files, strict=True)))
    except UnreadableFileError as exc:
        return JsonResponse({"errors": [str(exc)]}, status=400)
    except StorageError as exc:
        return JsonResponse({"errors": [_not_stored(exc)]}, status=503)
    if "last" not in request.POST:
        return JsonResponse({"drop": drop.pk})
    drops.close(drop)
    return JsonResponse({"drop": drop.pk, "next": next_page(drop)})


def _drop(request: HttpRequest) -> Drop | None:
    """Return what the portion belongs to; None: it is the first."""
    pk = request.POST.get("drop", "")
    if not pk:
        return None
    own = Drop.objects.filter(created_by=request.user, state=DropState.GIVING)  # type: ignore[misc]  # logged in
    return get_object_or_404(own, pk=pk if pk.isdecimal() else None)


def _unsendable(drop: Drop) -> list[str]:
    """Return what is wrong with each file, if nothing of them can be sent whatever staff say."""
    if drop.state != DropState.READ or drop.files.exclude(outcome=FileOutcome.UNREADABLE).exists():
        return []
    found = [f"{row.path}: {row.text} {row.remedy}".strip() for row in drop.files.all()]
    if drop.sends == DropSends.DOCUMENTS:
        return found or [_("There is no document in it. Choose another file.")]
    return found or [_("There is no invoice in it. Choose the invoice's XML file, or a ZIP that holds it.")]


def _initial(request: HttpRequest) -> dict[str, Any]:
    pk = request.GET.get("company", "")
    company = Company.objects.visible_to(request.user).filter(pk=pk).first() if pk.isdecimal() else None
    if company is None:
        return {}
    namesakes = Company.objects.visible_to(request.user).filter(finding.matching(company.business_id))
    is_clear = company.business_id and not company.business_id_secret and namesakes.count() == 1
    return {"company": company.business_id if is_clear else str(company.uuid)}
