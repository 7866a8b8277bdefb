"""Where companies' rows may name a person, what has to stay and why, and how the rest is taken out."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies import business_ids
from companies.enums import AuthorizationState, OnboardingState
from companies.models import (
    Authorization,
    CaseEntry,
    Company,
    CompanyUser,
    DossierEntry,
    ImportRow,
    Note,
    Onboarding,
    Reminder,
    StateChange,
    Supplier,
)
from portal.persons import GONE_ADDRESS, Person, Place, Text, register, set_fields, without

_EVIDENCE = _(
    "Evidence of the company's authorization: part of a hash chain, kept to prove that staff were allowed to act"
)
_REMOTE = _("AutoInvoice's own record of its customer: ask AutoInvoice to change it; it comes here by itself")


def matching(person: Person, *, names: Sequence[str] = (), emails: Sequence[str] = (), digest: str = "") -> Q:
    """Return the condition that one of the columns holds the person's name, e-mail, or digest of the number."""
    found = Q(pk__in=[])
    for column in names if person.name else ():
        found |= Q(**{f"{column}__iexact": person.name})
    for column in emails if person.email else ():
        found |= Q(**{f"{column}__iexact": person.email})
    if digest and person.number:
        found |= Q(**{digest: business_ids.digest(person.country, person.number)})
    return found


def mentioning(person: Person, rows: QuerySet[Any], *columns: str) -> QuerySet[Any]:
    """Return the rows in which a text mentions the person, anywhere."""
    found = Q(pk__in=[])
    for column in columns:
        as_text = f"{column}_as_text"
        rows = rows.annotate(**{as_text: Cast(column, TextField())})
        for word in person.words():
            found |= Q(**{f"{as_text}__icontains": word})
    return rows.filter(found)


def _company_page(row: Any) -> str:
    return reverse("admin:companies_company_change", args=[row.company_id])


def _users(person: Person, accounts: Sequence[int]) -> QuerySet[CompanyUser]:
    whole = Concat(F("first_name"), Value(" "), F("last_name"))
    rows = CompanyUser.objects.filter(account__in=accounts).alias(whole_name=whole)
    return rows.filter(matching(person, names=("whole_name",), emails=("email",)))


def _user_stays(user: CompanyUser) -> Text:
    return _("Still a user at AutoInvoice: remove the user there first") if user.removed_at is None else ""


def _erase_user(user: CompanyUser, _person: Person) -> None:
    set_fields(user, email=GONE_ADDRESS.format(pk=user.pk), first_name="", last_name="", phone="")


def _requests(person: Person, accounts: Sequence[int]) -> QuerySet[Authorization]:
    rows = Authorization.objects.filter(account__in=accounts)
    return rows.filter(matching(person, names=("signer_name",), emails=("email",)))


def _request_stays(request: Authorization) -> Text:
    if request.state == AuthorizationState.OPEN:
        return _("The request can still be signed: end it first")
    return ""


def _erase_request(request: Authorization, _person: Person) -> None:
    gone = GONE_ADDRESS.format(pk=request.pk)
    set_fields(request, email=gone, signer_name="", problem_note="")


def _reminders(person: Person, accounts: Sequence[int]) -> QuerySet[Reminder]:
    return Reminder.objects.filter(matching(person, emails=("email",)), account__in=accounts)


def _reminder_stays(reminder: Reminder) -> Text:
    return _request_stays(reminder.authorization)


def _erase_reminder(reminder: Reminder, _person: Person) -> None:
    set_fields(reminder, email=GONE_ADDRESS.format(pk=reminder.pk), bounce_text="")


def _onboardings(person: Person, accounts: Sequence[int]) -> QuerySet[Onboarding]:
    rows = Onboarding.objects.filter(account__in=accounts)
    columns = {"names": ("signer_name", "name"), "emails": ("auth_email", "email"), "digest": "business_id_digest"}
    return rows.filter(matching(person, **columns))  # type: ignore[arg-type]


def _onboarding_stays(row: Onboarding) -> Text:
    if row.state == OnboardingState.DRAFT:
        return _("A draft that staff work on: delete it under Onboardings")
    return _("Being registered at AutoInvoice now") if row.state == OnboardingState.SUBMITTED else ""


def _erase_onboarding(row: Onboarding, person: Person) -> None:
    values: dict[str, Any] = {"signer_name": "", "auth_email": "", "email": "", "problem_text": ""}
    is_theirs = row.business_id_secret or row.name.lower() == person.name.lower()
    if is_theirs and row.state == OnboardingState.REFUSED:  # registered, the company's own row keeps them
        values |= {"name": "", "business_id": "", "business_id_digest": "", "business_id_secret": "", "address1": ""}
    set_fields(row, **values)


def _import_rows(person: Person, accounts: Sequence[int]) -> QuerySet[ImportRow]:
    rows = ImportRow.objects.filter(file__account__in=accounts).exclude(name="", business_id_digest="")
    found = rows.filter(matching(person, names=("name",), digest="business_id_digest"))
    signers = Onboarding.objects.filter(account__in=accounts).filter(
        matching(person, names=("signer_name",), emails=("auth_email", "email"))
    )
    # Values are encrypted: rows are found through the onboarding that was made of them.
    return (found | rows.filter(onboarding__in=signers)).distinct()


def _import_row_stays(row: ImportRow) -> Text:
    return _("The file has not been carried out yet") if row.file.started_at is None else ""


def _erase_import_row(row: ImportRow, _person: Person) -> None:
    set_fields(row, name="", stored_values="", business_id="", business_id_digest="", business_id_secret="")


def _suppliers(person: Person, accounts: Sequence[int]) -> QuerySet[Supplier]:
    rows = Supplier.objects.filter(account__in=accounts)
    return rows.filter(matching(person, names=("name",), emails=("email",), digest="business_id_digest"))


def _erase_supplier(row: Supplier, _person: Person) -> None:
    digest = f"removed-{row.pk}"  # tells it from the company's other suppliers
    set_fields(row, name="", email="", business_id="", business_id_digest=digest, business_id_secret="")


def _companies(person: Person, accounts: Sequence[int]) -> QuerySet[Company]:
    rows = Company.objects.filter(account__in=accounts)
    return rows.filter(matching(person, names=("name",), emails=("auth_email",), digest="business_id_digest"))


def _dossiers(person: Person, accounts: Sequence[int]) -> QuerySet[DossierEntry]:
    return mentioning(person, DossierEntry.objects.filter(account__in=accounts), "content")


def _changes(person: Person, accounts: Sequence[int]) -> QuerySet[StateChange]:
    return mentioning(person, StateChange.objects.filter(account__in=accounts), "before", "after")


def _erase_change(change: StateChange, person: Person) -> None:
    set_fields(change, before=cleaned(change.before, person), after=cleaned(change.after, person))


def cleaned(value: Any, person: Person) -> Any:
    """Return JSON in which no text names the person any more."""
    if isinstance(value, dict):
        return {key: cleaned(inner, person) for key, inner in value.items()}
    if isinstance(value, list):
        return [cleaned(inner, person) for inner in value]
    return without(value, person) if isinstance(value, str) else value


def _notes(person: Person, accounts: Sequence[int]) -> QuerySet[Note]:
    return mentioning(person, Note.objects.filter(account__in=accounts), "text")


def _entries(person: Person, accounts: Sequence[int]) -> QuerySet[CaseEntry]:
    return mentioning(person, CaseEntry.objects.filter(case__account__in=accounts), "text")


def _erase_text(row: Any, person: Person) -> None:
    set_fields(row, text=without(row.text, person))


def _nothing(_row: Any) -> Text:
    return ""


def _never(_row: Any, _person: Person) -> None:
    raise AssertionError("such rows stay")


def _place(name: str, label: Text, fields: Sequence[str], **what: Any) -> None:
    register(Place(f"companies.{name}", label, tuple(fields), **what))


_place("users", _("Users of companies"), ("email", "first_name", "last_name", "phone"),
       find=_users, stays=_user_stays, erase=_erase_user, url=_company_page)  # fmt: skip
_place("requests", _("Requests to sign"), ("email", "signer_name", "problem_note"),
       find=_requests, stays=_request_stays, erase=_erase_request, url=_company_page)  # fmt: skip
_place("reminders", _("Reminders to signers"), ("email", "bounce_text"),
       find=_reminders, stays=_reminder_stays, erase=_erase_reminder,
       url=lambda row: _company_page(row.authorization))  # fmt: skip
_place("onboardings", _("Onboardings"), ("signer_name", "auth_email", "email", "name", "business_id"),
       find=_onboardings, stays=_onboarding_stays, erase=_erase_onboarding,
       url=lambda row: reverse("admin:companies_onboarding_change", args=[row.pk]))  # fmt: skip
_place("import_rows", _("Rows of files of companies"), ("name", "business_id", "stored_values"),
       find=_import_rows, stays=_import_row_stays, erase=_erase_import_row)  # fmt: skip
_place("suppliers", _("Suppliers"), ("name", "email", "business_id"),
       find=_suppliers, stays=_nothing, erase=_erase_supplier, url=_company_page)  # fmt: skip
_place("companies", _("Companies"), ("name", "auth_email", "business_id"),
       find=_companies, stays=lambda _row: _REMOTE, erase=_never,
       url=lambda row: reverse("admin:companies_company_change", args=[row.pk]))  # fmt: skip
_place("dossiers", _("Dossiers"), ("content",),
       find=_dossiers, stays=lambda _row: _EVIDENCE, erase=_never, url=_company_page)  # fmt: skip
_place("changes", _("Changes of companies"), ("before", "after"),
       find=_changes, stays=_nothing, erase=_erase_change, url=_company_page)  # fmt: skip
_place("notes", _("Notes of staff"), ("text",),
       find=_notes, stays=_nothing, erase=_erase_text, url=_company_page)  # fmt: skip
_place("case_entries", _("Entries of cases"), ("text",),
       find=_entries, stays=_nothing, erase=_erase_text,
       url=lambda row: reverse("admin:companies_case_change", args=[row.case_id]))  # fmt: skip
