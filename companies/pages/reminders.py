"""Reminders: the account's rule, its texts with a preview of real data, a test mail, and one reminder by hand."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.desk.forms import RuleForm, TextForm
from companies.models import Authorization, ReminderTemplate
from companies.operations.reminders import Remind, by_hand
from companies.reminders import letters as reminders
from companies.reminders import previews
from companies.reminders import texts as reminder_texts
from companies.request_fields import LOCALE_NAMES
from portal import maventa
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.outbound.mailing import MailService
from portal.partners.models import PartnerAccount
from portal.sites import page

_may_view = permission_required("companies.view_authorization", raise_exception=True)
_may_remind = permission_required(Remind.permission, raise_exception=True)
CHANGE_RULE, CHANGE_TEXT = "companies.change_reminderrule", "companies.change_remindertemplate"


@_may_view
def show(request: HttpRequest) -> HttpResponse:
    """The account's rule, and which languages have texts of their own."""
    account = _account(request)
    rule = reminders.rule_of(account)
    form = RuleForm(request.POST or None, instance=rule)
    if request.method == "POST":
        _need(request, CHANGE_RULE)
        if form.is_valid():
            form.save()
            _log(request, rule, "rule of reminders")
            messages.success(request, _("Kept. The portal reminds by this rule from now on."))
            return redirect(f"{reverse('admin:desk_reminders')}?account={account.pk}")
    own = set(ReminderTemplate.objects.filter(account=account).values_list("locale", flat=True))
    context = {
        "title": _("Reminders"),
        "account": account,
        "form": form,
        "languages": [(code, LOCALE_NAMES[code], code in own) for code in reminders.LANGUAGES],
        "is_possible": reminders.is_possible(),
        "may_change": request.user.has_perm(CHANGE_RULE),
        "may_list": request.user.has_perm("companies.view_reminder"),
        "desk_url": f"{reverse('admin:desk')}?account={account.pk}",
    }
    return page(request, "companies/desk_reminders.html", context)


@_may_view
def text(request: HttpRequest, locale: str) -> HttpResponse:
    """One language's text: edit it, see it with real data, send it to oneself, or go back to the portal's."""
    account = _account(request)
    if locale not in reminders.LANGUAGES:
        raise Http404
    own = ReminderTemplate.objects.filter(account=account, locale=locale).first()
    default = reminder_texts.DEFAULTS[locale]
    instance = own or ReminderTemplate(account=account, locale=locale, subject=default.subject, body=default.body)
    form = TextForm(request.POST or None, instance=instance)
    if request.method == "POST":
        _need(request, CHANGE_TEXT)
        if "portals" in request.POST:
            return _take_back(request, account, locale, own)
        if form.is_valid() and "preview" not in request.POST:
            return _keep(request, account, locale, form, test="test" in request.POST)
    shown = _text_of(form)
    context = {
        "title": _("Text of reminders: %(language)s") % {"language": LOCALE_NAMES[locale]},
        "account": account,
        "form": form,
        "is_own": own is not None,
        "placeholders": [(f"{{{name}}}", meaning) for name, meaning in reminders.PLACEHOLDERS.items()],
        "mail": previews.preview(account, locale, shown) if shown else None,
        "may_change": request.user.has_perm(CHANGE_TEXT),
        "my_address": _own_address(request),
        "back": f"{reverse('admin:desk_reminders')}?account={account.pk}",
    }
    return page(request, "companies/desk_text.html", context)


@_may_remind
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail to one signer as it would go, and the button that sends it."""
    rows = Authorization.objects.filter(account__in=PartnerAccount.objects.visible_to(request.user))
    found = get_object_or_404(rows.select_related("company", "account"), pk=pk)
    desk_url = f"{reverse('admin:desk')}?account={found.account_id}"
    wanted, problem = by_hand(found), None
    try:
        Remind().check(found, wanted)
    except NotQueueableError as error:
        problem = error
    if request.method == "POST" and problem is None:
        try:
            queueing.queue(
                Remind.kind, found, wanted, account=found.account, actor=request.user, company_uuid=found.company.uuid
            )
        except NotQueueableError as error:
            messages.warning(request, error.staff_text)
        else:
            messages.success(request, _("The reminder to %(email)s is on its way.") % {"email": found.email})
        return redirect(desk_url)
    mail = reminders.write(reminders.address([found]), "")
    context = {"title": _("Remind signer"), "found": found, "mail": mail, "problem": problem, "back": desk_url}
    return page(request, "companies/desk_remind.html", context)


def _keep(request: HttpRequest, account: PartnerAccount, locale: str, form: TextForm, *, test: bool) -> HttpResponse:
    form.save()
    _log(request, form.instance, f"text of reminders {locale}")
    messages.success(request, _("Kept. Reminders in this language have this text from now on."))
    if test:
        _send_test(request, account, locale)
    return redirect(f"{reverse('admin:desk_text', args=[locale])}?account={account.pk}")


def _send_test(request: HttpRequest, account: PartnerAccount, locale: str) -> None:
    """Send the text with real data to the viewer, never to a signer."""
    email = _own_address(request)
    if not reminders.is_possible() or not email:
        messages.warning(request, _("No test mail was sent: a mail server, or your own address, is missing."))
        return
    mail = previews.preview(account, locale, reminders.text_of(account, locale))
    try:
        MailService().send(previews.to_myself(mail, email))
    except maventa.MaventaError as error:
        messages.error(request, _("The test mail was not sent: %(why)s") % {"why": error})
    else:
        messages.success(request, _("A test mail went to %(email)s.") % {"email": email})


def _take_back(
    request: HttpRequest, account: PartnerAccount, locale: str, own: ReminderTemplate | None
) -> HttpResponse:
    if own is not None:
        _log(request, own, f"text of reminders {locale} taken back")
        own.delete()
    messages.success(request, _("Reminders in this language have the portal's text again."))
    return redirect(f"{reverse('admin:desk_text', args=[locale])}?account={account.pk}")


def _text_of(form: TextForm) -> reminder_texts.Text | None:
    """Return the text as it was typed; None: it cannot be shown, the form says why."""
    if not form.is_bound:
        return reminder_texts.Text(form.instance.subject, form.instance.body)
    if not form.is_valid():
        return None
    return reminder_texts.Text(form.cleaned_data["subject"], form.cleaned_data["body"])


def _account(request: HttpRequest) -> PartnerAccount:
    accounts = PartnerAccount.objects.active().visible_to(request.user)
    asked = request.GET.get("account", "")
    found = accounts.filter(pk=asked).first() if asked.isdecimal() else accounts.first()
    if found is None:
        raise Http404
    return found


def _need(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _log(request: HttpRequest, row: Any, words: str) -> None:
    actor: Any = request.user
    LogEntry.objects.log_actions(actor.pk, [row], CHANGE, change_message=words, single_object=True)


def _own_address(request: HttpRequest) -> str:
    return str(getattr(request.user, "email", ""))
