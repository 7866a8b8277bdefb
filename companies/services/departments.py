"""The /v1/company/departments resource: accounts below a company, each with a GLN. For vendors that were let in."""

from uuid import UUID

import msgspec

from portal import maventa
from portal.maventa import Api, scopes

_PATH = "/v1/company/departments"


class DepartmentForm(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a department; its business id is that of the company."""

    name: str
    bid: str
    no_vat: bool
    eaid: str  # the GLN
    address1: str
    address2: str = ""
    post_code: str
    post_office: str
    city: str
    country: str
    email: str
    id_type: str = "GLN"


class ListedDepartment(maventa.Answer, frozen=True, kw_only=True):
    id: UUID


class DepartmentService:
    """Departments of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def listed(self) -> list[ListedDepartment]:
        """Return the departments, by id only. Source: getV1CompanyDepartments."""
        return self._client.call(Api.AX, "GET", _PATH, answer=list[ListedDepartment], scope=scopes.COMPANY)

    def add(self, department: DepartmentForm) -> ListedDepartment:
        """Source: postV1CompanyDepartments."""
        form = {name: value for name, value in msgspec.structs.asdict(department).items() if value != ""}
        return self._client.call(
            Api.AX, "POST", _PATH, answer=ListedDepartment, scope=scopes.COMPANY, form=form, multipart=True
        )
