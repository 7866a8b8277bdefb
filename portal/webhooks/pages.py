"""Pages beside the list of subscriptions: each says what it will do at AutoInvoice before it does it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.sites import page, site
from portal.webhooks import subscriptions
from portal.webhooks.forms import SubscribeForm
from portal.webhooks.models import Subscription
from portal.webhooks.operations import ReadSubscriptions, ResendUnacknowledged, Unsubscribe

_LIST = "admin:webhooks_subscription_changelist"
_FOR_ACCOUNT = {"read": ReadSubscriptions.kind, "resend": ResendUnacknowledged.kind}
_WORDS: dict[str, tuple[Promise, Promise]] = {
    "replace": (
        _("Replace the secret"),
        _(
            "A new subscription with a new secret is made at AutoInvoice. Both bring events until the new one has "
            "brought its first; then the old one is deleted. Nothing is missed."
        ),
    ),
    "unsubscribe": (
        _("Unsubscribe"),
        _(
            "The subscription is deleted at AutoInvoice. Its events come here no more; states are polled instead, "
            "which is slower."
        ),
    ),
}


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("subscriptions/new/", subscribe, "webhooks_subscribe")
    own.register_view("subscriptions/ask/<slug:verb>/", ask, "webhooks_ask")
    own.register_view("subscriptions/<int:pk>/<slug:verb>/", act, "webhooks_act")


def subscribe(request: HttpRequest) -> HttpResponse:
    """Choose whose events, and which; then ask AutoInvoice to post them here."""
    _require(request)
    form = SubscribeForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        queued = _queued(
            request,
            lambda: subscriptions.subscribe(
                wanted["account"],
                actor=request.user,
                company=form.wanted_company(),
                events=wanted["events"],
                with_password=wanted["with_password"],
            ),
        )
        if queued:
            return redirect(_LIST)
    context = {"title": _("Subscribe to webhooks"), "form": form, "opts": Subscription._meta}
    return page(request, "webhooks/subscribe.html", context)


def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Replace or delete one subscription, after a word about what follows."""
    _require(request)
    rows = Subscription.objects.live().filter(account__in=PartnerAccount.objects.visible_to(request.user))
    subscription = get_object_or_404(rows.select_related("account"), pk=pk)
    if verb not in _WORDS:
        raise Http404
    if request.method == "POST":
        _queued(request, lambda: _act(verb, subscription, request.user))
        return redirect(_LIST)
    title, what = _WORDS[verb]
    context = {"title": title, "what": what, "original": subscription, "opts": Subscription._meta, "verb": verb}
    return page(request, "webhooks/act.html", context)


@require_POST
def ask(request: HttpRequest, verb: str) -> HttpResponse:
    """Read the subscriptions of all visible accounts, or have missed events sent again."""
    _require(request)
    if verb not in _FOR_ACCOUNT:
        raise Http404
    for account in PartnerAccount.objects.active().visible_to(request.user):
        _queued(
            request,
            lambda account=account: queueing.queue(  # type: ignore[misc]
                _FOR_ACCOUNT[verb], account, account=account, actor=request.user
            ),
        )
    return redirect(_LIST)


def _act(verb: str, subscription: Subscription, actor: Any) -> Operation:
    if verb == "replace":
        return subscriptions.replace(subscription, actor)
    return queueing.queue(Unsubscribe.kind, subscription, account=subscription.account, actor=actor)


def _queued(request: HttpRequest, queue: Callable[[], Operation]) -> bool:
    """Queue, and say what came of it."""
    try:
        queue()
    except NotQueueableError as exc:
        messages.error(request, " ".join(str(part) for part in (exc.reason, exc.remedy) if part))
        return False
    messages.success(request, _("It is under way. The list shows what came of it in a moment."))
    return True


def _require(request: HttpRequest) -> None:
    if not request.user.has_perm("webhooks.manage_subscriptions"):
        raise PermissionDenied
