"""
Reminders by e-mail to signers: whose text is sent, what stands in it, and what a bounce means.

One mail goes to one signer and names all companies that it is about. The kind `companies.remind` sends it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import formataddr
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from companies.enums import AuthorizationState, Problem, ReminderState
from companies.models import Authorization, Reminder, ReminderRule, ReminderTemplate
from companies.reminders import texts as reminder_texts
from companies.reminders.texts import Text
from portal.operations.handlers import Text as StaffText
from portal.outbound.mailing import Mail, one_line
from portal.partners.models import PartnerAccount

PLACEHOLDERS: Mapping[str, StaffText] = {
    "signer": _("the signer's name, or the address where we know no name"),
    "companies": _("the companies to sign for, one a line"),
    "first_company": _("the first company, and how many more"),
    "sent": _("the day on which AutoInvoice sent the request"),
    "expires": _("day and time until which the link works"),
    "partner": _("the sender's name"),
}
LANGUAGES = {"FI": "fi", "SE": "sv", "NO": "nb", "DK": "da", "NL": "nl", "EN": "en"}  # ours → Django's
_SAME_AS = {"BE": "NL"}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class UnknownPlaceholderError(ValueError):
    """A text names what we cannot fill in; the argument is the name, or the lone brace."""


class Addressed(msgspec.Struct, frozen=True, kw_only=True):
    """What one mail says: to whom, from whom, about which companies. Rendered when it is known who is left."""

    to: str
    signer: str
    companies: dict[UUID, str]  # company → its name
    sent_at: datetime
    expires_at: datetime | None
    locale: str  # one of LANGUAGES
    text: Text
    sender: str
    partner: str
    reply_to: str = ""


def language_of(locale: str) -> str:
    """Return the language in which a signer is reminded: that of the document, if we write it."""
    known = _SAME_AS.get(locale, locale)
    return known if known in LANGUAGES else "EN"


def text_of(account: PartnerAccount, locale: str) -> Text:
    """Return the account's own text for a language, or the portal's."""
    own = ReminderTemplate.objects.filter(account=account, locale=locale).first()
    return Text(own.subject, own.body) if own else reminder_texts.DEFAULTS[locale]


def rule_of(account: PartnerAccount) -> ReminderRule:
    """Return the account's rule; one that is not written yet reminds nobody by itself."""
    return ReminderRule.objects.filter(account=account).first() or ReminderRule(account=account)


def check_text(text: str) -> None:
    """:raises UnknownPlaceholderError: it holds a placeholder that nobody fills in, or a lone brace"""
    for name in _PLACEHOLDER.findall(text):
        if name not in PLACEHOLDERS:
            raise UnknownPlaceholderError(f"{{{name}}}")
    left = _PLACEHOLDER.sub("", text)
    for brace in "{}":
        if brace in left:
            raise UnknownPlaceholderError(brace)


def is_possible() -> bool:
    """Tell whether a mail server is set up."""
    return bool(settings.EMAIL_READY)


def address(requests: Sequence[Authorization], to: str = "", text: Text | None = None) -> Addressed:
    """Return what one mail about these requests of one signer says; they are of one account and language."""
    first = requests[0]
    account, locale = first.account, language_of(first.locale)
    rule = rule_of(account)
    partner = rule.sender_name or account.name
    return Addressed(
        to=to or first.email,
        signer=first.signer_name or first.email,
        companies={request.company.uuid: request.company.name for request in requests},
        sent_at=min(request.requested_at for request in requests),
        expires_at=min((request.expires_at for request in requests if request.expires_at), default=None),
        locale=locale,
        text=text or text_of(account, locale),
        sender=formataddr((one_line(partner), rule.sender_email or settings.DEFAULT_FROM_EMAIL)),
        partner=one_line(partner),
        reply_to=rule.reply_to,
    )


def write(addressed: Addressed, message_id: str, about: Iterable[UUID] | None = None) -> Mail:
    """
    Return the mail; without a database.

    :param about: the companies that are still to be signed for; None: all
    """
    chosen = addressed.companies if about is None else {one: addressed.companies[one] for one in about}
    names = [one_line(name) for name in sorted(chosen.values())]
    with translation.override(LANGUAGES[addressed.locale]):
        values = {
            "signer": one_line(addressed.signer),
            "companies": "\n".join(f"- {name}" for name in names),
            "first_company": names[0] + (f" (+{len(names) - 1})" if len(names) > 1 else ""),
            "sent": date_format(timezone.localtime(addressed.sent_at), "DATE_FORMAT"),
            "expires": _moment(addressed.expires_at) if addressed.expires_at else "–",
            "partner": addressed.partner,
        }
    return Mail(
        to=addressed.to,
        subject=one_line(_filled(addressed.text.subject, values)),
        body=_filled(addressed.text.body, values),
        sender=addressed.sender,
        reply_to=addressed.reply_to,
        message_id=message_id,
    )


def _moment(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{date_format(local, 'DATE_FORMAT')} {local:%H:%M}"


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found.group(1), found.group(0)), text)


def message_id_of(operation: UUID, sender: str) -> str:
    """Return the Message-ID of the mail whose first operation this is: always the same one, and nobody guesses it."""
    domain = sender.rpartition("@")[2].strip("<> ") or "localhost"
    return f"<remind.{operation}@{domain}>"


def operation_in(message_id: str) -> UUID | None:
    """Return the operation that a Message-ID of ours names; None: the mail was not ours."""
    found = re.fullmatch(r"<?remind\.([0-9a-fA-F-]{36})@[^<>@\s]+>?", message_id.strip())
    try:
        return UUID(found.group(1)) if found else None
    except ValueError:
        return None


def mark_bounced(reminders: Sequence[Reminder], said: str, at: datetime) -> int:
    """Write that a mail did not arrive, and say so at every open request to its address; returns how many those are."""
    if not reminders:
        return 0
    ids = [reminder.pk for reminder in reminders]
    fresh = Reminder.objects.filter(pk__in=ids, state=ReminderState.SENT)
    if not fresh.update(state=ReminderState.BOUNCED, bounced_at=at, bounce_text=one_line(said)[:500]):
        return 0  # told before; what staff made of it since stays
    return blame_address(reminders[0].account_id, reminders[0].email, said, at)


def blame_address(account_id: int, email: str, said: str, at: datetime) -> int:
    """Mark the requests on the desk whose signer has this address; what staff marked themselves stays."""
    theirs = Authorization.objects.filter(account=account_id, on_desk=True, signer_key=email.lower(), problem="")
    open_ones = theirs.filter(state__in=(AuthorizationState.OPEN, AuthorizationState.EXPIRED))
    return open_ones.update(problem=Problem.BOUNCED, problem_note=one_line(said)[:500], problem_at=at)
