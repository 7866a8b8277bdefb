"""The signature desk: who has to sign, how long the link still lives, and what can be done about it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from companies.desk import listing as desk
from companies.desk import marks, signatures
from companies.desk import rows as desk_rows
from companies.desk.forms import CLEAR, DROP, MarkForm, ReissueForm
from companies.desk.listing import Tab, Wanted
from companies.enums import Problem
from companies.forms import COUNTRY_NAMES
from companies.models import Authorization
from companies.pages import reminders
from companies.request_fields import LOCALE_NAMES
from portal.operations import actions, batches, chains, kinds, selections
from portal.partners.models import PartnerAccount
from portal.sites import page, site

_may_view = permission_required("companies.view_authorization", raise_exception=True)
_may_mark = permission_required("companies.mark_authorization", raise_exception=True)
BULK = {"remind": signatures.REMIND, "reissue": signatures.REISSUE}
MOST_MARKED = 500  # their ids travel in a form
FILTERS = ("account", "tab", "country", "locale", "q", "signer")
actions.bulk_action(signatures.REISSUE, ReissueForm)  # the draft's page asks with this form


@dataclass(frozen=True, slots=True)
class TabLink:
    title: Any
    count: int
    url: str
    is_current: bool


@_may_view
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """One tab of one account's desk, a page of it."""
    accounts = list(PartnerAccount.objects.active().visible_to(request.user).defer("user_key", "vendor_key"))
    if not accounts:
        return page(request, "companies/no_account.html", {"title": _("Signature desk")})
    wanted = _wanted(request.GET, accounts)
    shown = desk.page(wanted, request.GET.get("after", ""))
    now = timezone.now()
    context = {
        "title": _("Signature desk"),
        "wanted": wanted,
        "accounts": accounts,
        "tabs": _tabs(request, wanted),
        "groups": [desk_rows.group(group, now) for group in shown.groups],
        "next": _query(request, after=shown.after) if shown.after else "",
        "first": _query(request, after="") if request.GET.get("after") else "",
        "plain": _query(request, after="", signer=""),
        "filters": _filters(request, wanted),
        "countries": COUNTRY_NAMES.items(),
        "locales": LOCALE_NAMES.items(),
        "may": {verb: kinds.may(request.user, name) for verb, name in BULK.items()}
        | {"mark": request.user.has_perm("companies.mark_authorization")},
        "reminders_url": f"{reverse('admin:desk_reminders')}?account={wanted.account.pk}",
    }
    return page(request, "companies/desk.html", context)


@_may_view
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Take the chosen requests to the batch, or to the form, that the pressed button names."""
    wanted = _wanted(request.POST, list(PartnerAccount.objects.active().visible_to(request.user)))
    chosen = _chosen(request, wanted)
    verb = request.POST.get("verb", "")
    count = chosen.count()
    if not count:
        messages.warning(request, _("Choose at least one request."))
        return redirect(f"{reverse('admin:desk')}?{_address(request)}")
    if verb == "mark" and count > MOST_MARKED:
        messages.warning(request, _("At most %(most)d can be marked at a time.") % {"most": MOST_MARKED})
        return redirect(f"{reverse('admin:desk')}?{_address(request)}")
    if verb == "mark":
        return _ask_mark(request, chosen)
    if verb not in BULK or not kinds.may(request.user, BULK[verb]):
        raise PermissionDenied
    chain = chains.of(BULK[verb])
    batch = batches.create_batch(
        chain.name,
        Authorization,
        chosen.values_list("pk", flat=True),
        account=wanted.account,
        actor=request.user,
        label=f"{chain.label}: {count}",
    )
    if actions.form_of(chain.name) is None and count > selections.AT_ONCE:
        batches.count_again(batch)
    return redirect("admin:operations_batch_change", batch.pk)


@_may_mark
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Write what staff say about the chosen requests."""
    accounts = PartnerAccount.objects.visible_to(request.user)
    ids = [pk for pk in request.POST.getlist("ids") if pk.isdecimal()]
    chosen = Authorization.objects.filter(account__in=accounts, pk__in=ids, on_desk=True)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return _mark_page(request, form, list(chosen.select_related("company")))
    what, note = form.cleaned_data["what"], form.cleaned_data["note"].strip()
    if what == CLEAR:
        count = marks.clear(chosen, note, request.user)
    elif what == DROP:
        count = marks.drop(chosen, note, request.user)
    else:
        count = marks.mark(chosen, Problem(what), note, request.user)
    text = ngettext("%(count)d request is marked.", "%(count)d requests are marked.", count)
    messages.success(request, text % {"count": count})
    return redirect(f"{reverse('admin:desk')}?{_address(request)}")


def _ask_mark(request: HttpRequest, chosen: QuerySet[Authorization]) -> HttpResponse:
    if not request.user.has_perm("companies.mark_authorization"):
        raise PermissionDenied
    form = MarkForm(initial={"what": Problem.WRONG_PERSON.value})
    return _mark_page(request, form, list(chosen.select_related("company")))


def _mark_page(request: HttpRequest, form: MarkForm, chosen: list[Authorization]) -> HttpResponse:
    context = {
        "title": _("Mark requests"),
        "form": form,
        "chosen": chosen,
        "filters": [(name, request.POST.get(name, "")) for name in FILTERS if request.POST.get(name)],
        "back": f"{reverse('admin:desk')}?{_address(request)}",
    }
    return page(request, "companies/desk_mark.html", context)


def _wanted(query: Any, accounts: list[PartnerAccount]) -> Wanted:
    """Return what an address or a form asks for; what it names wrongly falls back to everything."""
    asked = query.get("account", "")
    account = next((one for one in accounts if str(one.pk) == asked), accounts[0] if accounts else None)
    if account is None:
        raise PermissionDenied
    tab = query.get("tab", "")
    return Wanted(
        account=account,
        tab=Tab(tab) if tab in Tab.values else Tab.OPEN,
        country=query.get("country", "")[:2],
        locale=query.get("locale", "")[:2],
        text=query.get("q", "").strip()[:100],
        signer=query.get("signer", "").strip().lower()[:254],
    )


def _chosen(request: HttpRequest, wanted: Wanted) -> QuerySet[Authorization]:
    """Return the ticked requests, those of ticked signers, or, as an explicit second step, all that match."""
    rows = desk.requests(wanted)
    if request.POST.get("all") == "1":
        return rows
    ids = [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal()]
    return rows.filter(Q(pk__in=ids) | Q(signer_key__in=request.POST.getlist("signers")))


def _tabs(request: HttpRequest, wanted: Wanted) -> list[TabLink]:
    counts = desk.counts(wanted.account)
    return [
        TabLink(tab.label, counts[tab], _query(request, tab=tab.value, after="", signer=""), tab == wanted.tab)
        for tab in Tab
    ]


def _filters(request: HttpRequest, wanted: Wanted) -> list[tuple[str, str]]:
    """Return what the form of the acts has to send along, so that they mean the same rows."""
    values = {"account": str(wanted.account.pk), "tab": wanted.tab.value, "country": wanted.country}
    values |= {"locale": wanted.locale, "q": wanted.text, "signer": wanted.signer}
    return [(name, value) for name, value in values.items() if value]


def _query(request: HttpRequest, **changed: str) -> str:
    """Return the address of this page with some of its parameters changed; "" takes one away."""
    kept = {name: request.GET[name] for name in (*FILTERS, "after") if request.GET.get(name)}
    return "?" + urlencode({name: value for name, value in (kept | changed).items() if value})


def _address(request: HttpRequest) -> str:
    return urlencode({name: request.POST[name] for name in FILTERS if request.POST.get(name)})


def register() -> None:
    """Hang the desk's pages into the admin site."""
    own = site()
    own.register_view("desk/", show, "desk")
    own.register_view("desk/act/", act, "desk_act")
    own.register_view("desk/mark/", mark, "desk_mark")
    own.register_view("desk/reminders/", reminders.show, "desk_reminders")
    own.register_view("desk/reminders/<str:locale>/", reminders.text, "desk_text")
    own.register_view("desk/<int:pk>/remind/", reminders.remind, "desk_remind")
