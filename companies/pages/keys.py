"""Changing the key of a partner account step by step, on a page that always shows where it stands."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminEmailInputWidget

from companies.models import Company, KeyRotation, RotationState
from companies.operations.keys import AdmitOwnUser, DismissOwnUser, MakeOwnUser, RetireOwnUser, TryOwnKey
from companies.users import rotation
from portal.operations import batches, pills, queueing
from portal.operations.enums import LIVE_BATCH_STATES
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Batch, Operation
from portal.partners.links import Link, register_link
from portal.partners.models import PartnerAccount
from portal.sites import page, site

PERMISSION = "companies.rotate_integration_key"
_may_rotate = permission_required(PERMISSION, raise_exception=True)
Act = Callable[[HttpRequest, KeyRotation], HttpResponse | None]


class BeginForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail of the new user"),
        help_text=gettext_lazy(
            "An address that AutoInvoice does not know yet, such as integration+2@… : only a new user gets a key."
        ),
        widget=UnfoldAdminEmailInputWidget,
    )


def register() -> None:
    """Hang the page into the admin site, with a link on the account's own page."""
    site().register_view("accounts/<int:pk>/key/", show, "account_key")
    register_link(Link(gettext_lazy("Change the key step by step"), "account_key", "key", PERMISSION))


@_may_rotate
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; a POST carries out one step of it."""
    visible = PartnerAccount.objects.visible_to(request.user).defer("user_key", "vendor_key")
    account = get_object_or_404(visible, pk=pk)
    current, form = rotation.open_rotation(account), BeginForm()
    if request.method == "POST":
        if current is None:
            form = BeginForm(request.POST)
            if form.is_valid():
                return _carried_out(request, pk, lambda: _begin(request, account, form.cleaned_data["email"]))
        else:
            step = _STEPS.get(request.POST.get("step", ""))
            if step is None:
                raise Http404
            held = current
            return _carried_out(request, pk, lambda: step(request, held))
    context = {
        "title": _("Change the key"),
        "opts": PartnerAccount._meta,
        "original": account,
        "rotation": current,
        "form": form,
        "earlier": account.key_rotations.exclude(state=RotationState.OPEN).order_by("-pk")[:5],
        **(_standing(current) if current else {}),
    }
    return page(request, "companies/keys.html", context)


def _carried_out(request: HttpRequest, pk: int, act: Callable[[], HttpResponse | None]) -> HttpResponse:
    try:
        answer = act()
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
        answer = None
    return answer or redirect("admin:account_key", pk)


def _begin(request: HttpRequest, account: PartnerAccount, email: str) -> None:
    begun = rotation.begin(PartnerAccount.objects.get(pk=account.pk), email, request.user)
    _queue(MakeOwnUser.kind, begun, request.user)


def _queue(kind: str, target: KeyRotation, actor: Any) -> None:
    account = target.account
    queueing.queue(kind, target, account=account, actor=actor, company_uuid=account.company_uuid)


def _make(request: HttpRequest, current: KeyRotation) -> None:
    _queue(MakeOwnUser.kind, current, request.user)


def _test(request: HttpRequest, current: KeyRotation) -> None:
    _queue(TryOwnKey.kind, current, request.user)


def _admit(request: HttpRequest, current: KeyRotation) -> HttpResponse:
    ids = rotation.lacking(current).values_list("pk", flat=True)
    return _batch(request, current, AdmitOwnUser, ids, {"user": current.new_user, "email": current.email})


def _dismiss(request: HttpRequest, current: KeyRotation) -> HttpResponse:
    if current.verified_at is None:
        raise NotQueueableError(_("The new key has not proven itself yet."), _("Confirm the traffic first."))
    ids = rotation.with_old_user(current).values_list("pk", flat=True)
    return _batch(request, current, DismissOwnUser, ids, {"user": current.old_user, "email": current.old_email})


def _batch(
    request: HttpRequest, current: KeyRotation, handler: Any, ids: Any, parameters: dict[str, str]
) -> HttpResponse:
    """Make a draft for many companies and go to its page, where it is previewed and started."""
    chosen = list(ids)
    batch = batches.create_batch(
        handler.kind,
        Company,
        chosen,
        account=current.account,
        actor=request.user,
        label=f"{handler.label}: {len(chosen)}",
        parameters=parameters,
    )
    return redirect("admin:operations_batch_change", batch.pk)


def _switch(request: HttpRequest, current: KeyRotation) -> None:
    typed = request.POST.get("leaving", "").strip()
    rotation.switch(current, request.user, leaving=int(typed) if typed.isdecimal() else 0)
    messages.success(request, _("The portal speaks with the new key from now on. The old one still works."))


def _switch_back(request: HttpRequest, current: KeyRotation) -> None:
    rotation.switch_back(current, request.user)
    messages.success(request, _("The portal speaks with the former key again."))


def _confirm(request: HttpRequest, current: KeyRotation) -> None:
    rotation.confirm(current, request.user)


def _retire(request: HttpRequest, current: KeyRotation) -> None:
    _queue(RetireOwnUser.kind, current, request.user)


def _give_up(request: HttpRequest, current: KeyRotation) -> None:
    rotation.give_up(current, request.user)
    messages.info(request, _("Given up. The new user stays at AutoInvoice, but nobody has its key any more."))


_STEPS: dict[str, Act] = {
    "make": _make,
    "admit": _admit,
    "test": _test,
    "switch": _switch,
    "back": _switch_back,
    "confirm": _confirm,
    "dismiss": _dismiss,
    "retire": _retire,
    "give-up": _give_up,
}


def _standing(current: KeyRotation) -> dict[str, Any]:
    """Return what the steps show: numbers, and the last operation of each kind."""
    batch_kinds = (AdmitOwnUser.kind, DismissOwnUser.kind)
    live = Batch.objects.filter(account=current.account_id, kind__in=batch_kinds, state__in=LIVE_BATCH_STATES)
    return {
        "companies": Company.objects.filter(account=current.account_id, disabled=False).count(),
        "lacking": rotation.lacking(current).count() if current.made_at else 0,
        "old_left": rotation.with_old_user(current).count() if current.old_user else 0,
        "traffic": rotation.traffic(current),
        "made": _latest(current, MakeOwnUser.kind),
        "tested": _latest(current, TryOwnKey.kind),
        "retired": _latest(current, RetireOwnUser.kind),
        "batches": live.order_by("-pk"),
    }


def _latest(current: KeyRotation, kind: str) -> dict[str, Any] | None:
    operations = Operation.objects.filter(kind=kind, account=current.account_id, target_id=current.pk)
    latest = operations.order_by("-pk").first()
    return {"operation": latest, "pill": pills.of_operation(latest)} if latest else None
