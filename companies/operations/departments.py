"""Departments: accounts below a company, each with a GLN. AutoInvoice lists their ids only and closes none by call."""

from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import business_ids, facts, remedies, services
from companies.models import Company, Department
from companies.networks import glns
from companies.operations.targets import company_of
from companies.side_services import department_mirror
from companies.side_services.department_mirror import SeenDepartment
from portal import maventa
from portal.operations import queueing, registry
from portal.operations.enums import Weight
from portal.operations.handlers import (
    Calls,
    CannotTell,
    Found,
    Handler,
    NotQueueableError,
    NotThere,
    Remedy,
    Verdict,
)
from portal.operations.models import Operation

COUNTRIES = ("FI", "SE", "NO", "DK", "NL", "BE")


class AddParameters(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    gln: str
    email: str
    address1: str
    address2: str = ""
    post_code: str
    post_office: str = ""  # empty: the city
    city: str


class AddRequest(msgspec.Struct, frozen=True, kw_only=True):
    company: UUID
    form: services.DepartmentForm
    known: list[str]  # ids that the company had before


@registry.register
class AddDepartment(Handler[AddRequest, SeenDepartment]):
    """The department gets an inbox of its own; the company's authorization counts for it."""

    kind = "companies.add_department"
    label = _("Add department")
    verb = _("Add department")
    target = "companies.Company"
    permission = "companies.manage_departments"
    Parameters = AddParameters
    related = ("account",)

    def check(self, target: Company, parameters: AddParameters) -> None:
        check_can_have(target)
        try:
            gln = glns.parse(parameters.gln)
        except glns.InvalidGlnError as error:
            raise NotQueueableError(error.text, _("Correct the GLN.")) from None
        if Department.objects.filter(company=target, gln=gln, removed_at=None).exists():
            raise NotQueueableError(_("A department of this company has this GLN already."))

    def missing(self, operation: Operation) -> set[str]:
        company = company_of(operation)
        return set() if facts.is_verified(company) else {facts.verified(company.uuid)}

    def prepare(self, members: list[Operation]) -> AddRequest:
        company, wanted = company_of(members[0]), self.parameters_of(members[0])
        business_id = business_ids.parse(company.country, company.real_business_id)
        fields = {name: value for name, value in msgspec.structs.asdict(wanted).items() if name != "gln"}
        form = services.DepartmentForm(
            **{**fields, "post_office": wanted.post_office or wanted.city},
            bid=business_id.value,
            no_vat=not business_id.vat,
            eaid=glns.parse(wanted.gln),
            country=company.country,
        )
        known = Department.objects.filter(company=company).values_list("uuid", flat=True)
        return AddRequest(company=company.uuid, form=form, known=[str(uuid) for uuid in known])

    def before(self, request: AddRequest) -> dict[str, Any]:
        return {"known": request.known}

    def send(self, request: AddRequest, calls: Calls) -> SeenDepartment:
        answer = services.DepartmentService(calls(request.company)).add(request.form)
        return _seen(answer.id, request.form)

    def settle(self, operation: Operation, sent: SeenDepartment) -> dict[str, Any]:
        department_mirror.write(company_of(operation), [sent], timezone.now(), whole=False)
        return {"department": str(sent.uuid)}

    def resolve(
        self, request: AddRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[SeenDepartment]:
        listed = services.DepartmentService(calls(request.company)).listed()
        new = [item.id for item in listed if str(item.id) not in before.get("known", [])]
        if not new:
            return NotThere()
        ours = [uuid for uuid in new if name_of(uuid, calls) == request.form.name]
        # Its GLN is in no answer: several of one name cannot be told apart.
        return Found(_seen(ours[0], request.form)) if len(ours) == 1 else CannotTell("several new departments")

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 401:
            text = _("AutoInvoice lets only approved partners make departments. Ask its support to let us in.")
            return Remedy(text, "support")
        return remedies.remedy_for(error)

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        queueing.queue_many(
            RefreshDepartments.kind, [queueing.row_of(company_of(operation), {})], account=operation.account
        )
        return {}


class ListRequest(msgspec.Struct, frozen=True):
    company: UUID
    named: list[str]  # ids whose name is known


@registry.register
class RefreshDepartments(Handler[ListRequest, list[SeenDepartment]]):
    """The company's departments as AutoInvoice lists them, with names where they can be read."""

    kind = "companies.refresh_departments"
    label = _("Look up departments")
    verb = _("Look up departments")
    target = "companies.Company"
    permission = "companies.refresh_company"
    weight = Weight.INWARD
    related = ("account",)

    def prepare(self, members: list[Operation]) -> ListRequest:
        company = company_of(members[0])
        named = Department.objects.filter(company=company).exclude(name="").values_list("uuid", flat=True)
        return ListRequest(company.uuid, [str(uuid) for uuid in named])

    def send(self, request: ListRequest, calls: Calls) -> list[SeenDepartment]:
        listed = services.DepartmentService(calls(request.company)).listed()
        return [
            SeenDepartment(uuid=item.id, name="" if str(item.id) in request.named else name_of(item.id, calls))
            for item in listed
        ]

    def settle(self, operation: Operation, sent: list[SeenDepartment]) -> dict[str, Any]:
        changed = department_mirror.write(company_of(operation), sent, timezone.now(), whole=True)
        return {"departments": len(sent), "changed": changed}

    def resolve(
        self, request: ListRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[list[SeenDepartment]]:
        return NotThere()  # looking again costs nothing


def check_can_have(company: Company) -> None:
    """:raises NotQueueableError: companies of this country have no departments"""
    if company.country not in COUNTRIES:
        raise NotQueueableError(
            _("Departments are only for companies of %(countries)s.") % {"countries": ", ".join(COUNTRIES)}
        )


def name_of(uuid: UUID, calls: Calls) -> str:
    """Return a department's name from its own settings; "" where we may not read them."""
    try:
        details = services.SettingsService(calls(uuid)).get(["details"]).get("details") or {}
    except maventa.RejectedError:
        return ""
    return str(details.get("name") or "")


def _seen(uuid: UUID, form: services.DepartmentForm) -> SeenDepartment:
    return SeenDepartment(uuid=uuid, name=form.name, gln=form.eaid, email=form.email)
