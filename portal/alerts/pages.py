"""The page of one alert, with what people can do about it, and the test of a destination."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal import watching
from portal.alerts import notices, pills, rules, taking_on
from portal.alerts.forms import TakeOnForm
from portal.alerts.models import Alert, Destination, Notice
from portal.operations import pills as operation_pills
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.sites import page, site

_NOTICES_SHOWN = 50
_may_view = permission_required("alerts.view_alert", raise_exception=True)


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("alerts/<int:pk>/do/<slug:verb>/", act, "alert_act")
    own.register_view("alerts/destinations/<int:pk>/test/", test, "alert_test")


@_may_view
def show(request: HttpRequest, pk: str, form: TakeOnForm | None = None) -> HttpResponse:
    """What is wrong, since when, what to do, who was told, and what was done so far."""
    alert = _alert(request, pk)
    context = {
        "title": alert.label,
        "opts": Alert._meta,
        "original": alert,
        "pill": pills.of_alert(alert),
        "examples": [
            {**one, "since": datetime.fromisoformat(one["since"]) if one["since"] else None} for one in alert.examples
        ],
        "steps": alert.steps.select_related("by").order_by("-pk"),
        "notices": _notices(alert),
        "rule": rules.of(alert.account).get(alert.kind),
        "watched": watching.get(alert.kind),
        "form": form or TakeOnForm(),
        "may_work": alert.ended_at is None and request.user.has_perm("alerts.work_alert"),
    }
    return page(request, "alerts/alert.html", context)


def _notices(alert: Alert) -> list[dict[str, Any]]:
    """Return whom the steps were told to, the latest first, with how that went."""
    rows = list(
        Notice.objects.filter(step__alert=alert)
        .select_related("destination", "step")
        .prefetch_related("operations")
        .order_by("-pk")[:_NOTICES_SHOWN]
    )
    return [{"notice": row, "operation": (one := _latest(row)), "pill": _told(one)} for row in rows]


def _latest(notice: Notice) -> Operation | None:
    return max(notice.operations.all(), key=lambda operation: operation.pk, default=None)


def _told(operation: Operation | None) -> Any:
    return operation_pills.of_operation(operation) if operation else ""


@require_POST
@permission_required("alerts.work_alert", raise_exception=True)
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Acknowledge with a note, mute for a time, or end the muting."""
    alert = _alert(request, pk)
    form = TakeOnForm(request.POST, verb=verb)
    if verb not in ("acknowledge", "mute", "unmute"):
        raise Http404
    if verb != "unmute" and not form.is_valid():
        return show(request, str(pk), form)
    if verb == "acknowledge":
        done, said = taking_on.acknowledge(alert, request.user, form.cleaned_data["note"]), _("Acknowledged.")
    elif verb == "mute":
        hours, note = form.cleaned_data["hours"], form.cleaned_data["note"]
        done, said = taking_on.mute(alert, request.user, hours, note), _("Muted. It is raised again if it lasts.")
    else:
        done, said = taking_on.unmute(alert, request.user), _("It is told again when it grows worse.")
    if done:
        messages.success(request, said)
    else:
        messages.warning(request, _("Nothing was changed: somebody was faster, or it has ended."))
    return redirect("admin:alerts_alert_change", pk)


@require_POST
@permission_required("alerts.change_destination", raise_exception=True)
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test to every address of a destination; it goes the way that alerts go."""
    destination = get_object_or_404(Destination, pk=pk)
    accounts = PartnerAccount.objects.active().visible_to(request.user)
    account = (accounts.filter(pk=destination.account_id) if destination.account_id else accounts).first()
    if account is None or not destination.is_active:
        messages.warning(request, _("Nothing was sent: the destination or its partner account is switched off."))
        return redirect("admin:alerts_destination_change", pk)
    sent = notices.send(account, [destination], None)
    messages.success(request, _("A test is under way. Below you see in a moment how it went."))
    return redirect(f"{_destination_url(pk)}?sent={len(sent)}")


def _destination_url(pk: int) -> str:
    return str(redirect("admin:alerts_destination_change", pk).url)


def tests_of(destination: Destination | None, user: Any) -> list[dict[str, Any]]:
    """Return the latest tests of a destination, with how they went."""
    if destination is None:
        return []
    mine = Notice.objects.filter(destination=destination, step=None, account__in=_visible(user))
    rows = mine.select_related("destination").prefetch_related("operations").order_by("-pk")[:5]
    return [{"notice": row, "operation": (one := _latest(row)), "pill": _told(one)} for row in rows]


def _visible(user: Any) -> Any:
    return PartnerAccount.objects.visible_to(user)


def _alert(request: HttpRequest, pk: str | int) -> Alert:
    if not str(pk).isdigit():
        raise Http404
    rows = Alert.objects.filter(account__in=_visible(request.user)).select_related("account", "acknowledged_by")
    return get_object_or_404(rows.defer("account__user_key", "account__vendor_key"), pk=pk)
