"""A company's agreements with agencies (AX): one class an agency."""

from typing import Any

import msgspec

from portal import maventa
from portal.maventa import Api, scopes

_AMILI, _ROPO, _INTRUM = (f"/v2/services/{name}/receivables" for name in ("amili", "ropo", "intrum"))


class Address(msgspec.Struct, frozen=True, kw_only=True):
    country: str
    streets: list[str]
    city: str
    zip_code: str


class AmiliTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a company gives Amili. `service_type`: full (Kassavirta) or express (Perintä)."""

    iban: str
    bic: str
    bank: str
    contact_person: str
    contact_email: str
    contact_phone_number: str
    customer_service_email: str
    billing_address: Address
    service_type: str
    accountable_party: str = ""  # vfsfi (Amili's account on the invoices) or company
    customer_service_phone_number: str = ""
    authorization_email: str = ""
    postal_address: Address | None = None


class AmiliAnswer(maventa.Answer, frozen=True, kw_only=True):
    status: str | None = None  # DISABLED, PENDING, ACTIVE; the list may grow
    service_type: str | None = None
    accountable_party: str | None = None
    activation_url: str | None = None
    iban: str | None = None
    bic: str | None = None
    bank: str | None = None
    contact_person: str | None = None
    contact_email: str | None = None
    contact_phone_number: str | None = None
    customer_service_email: str | None = None
    customer_service_phone_number: str | None = None
    authorization_email: str | None = None
    billing_address: dict[str, Any] | None = None
    vfsfi: dict[str, Any] | None = None  # Amili's account and the sentences to print on invoices


class RopoAnswer(maventa.Answer, frozen=True, kw_only=True):
    status: str | None = None
    agreement_contact_email: str | None = None
    activation_url: str | None = None


class IntrumTerms(msgspec.Struct, frozen=True, kw_only=True):
    agreement_contact_name: str
    agreement_contact_email: str
    agreement_contact_phone: str
    real_estate_management_company: str = ""


class IntrumAnswer(maventa.Answer, frozen=True, kw_only=True):
    status: str | None = None
    agreement_contact_name: str | None = None
    agreement_contact_email: str | None = None
    agreement_contact_phone: str | None = None
    details: dict[str, Any] | None = None


class AmiliService:
    """Kassavirta and Perintä of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def show(self) -> AmiliAnswer:
        """Source: getV2ServicesAmiliReceivables."""
        return self._client.call(Api.AX, "GET", _AMILI, answer=AmiliAnswer, scope=scopes.COMPANY)

    def activate(self, terms: AmiliTerms) -> AmiliAnswer:
        """Ask for the service; pending until the company is identified. Source: putV2ServicesAmiliReceivables."""
        body = msgspec.to_builtins(terms)
        return self._client.call(Api.AX, "PUT", _AMILI, answer=AmiliAnswer, scope=scopes.COMPANY, json=body)

    def change(self, *, service_type: str, accountable_party: str) -> None:
        """Source: patchV2ServicesAmiliReceivables."""
        body = {"service_type": service_type, "accountable_party": accountable_party}
        self._client.call(Api.AX, "PATCH", _AMILI, scope=scopes.COMPANY, json=body)

    def close(self) -> None:
        """Source: deleteV2ServicesAmiliReceivables."""
        self._client.call(Api.AX, "DELETE", _AMILI, scope=scopes.COMPANY)


class RopoService:
    """Ropo's service of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def show(self) -> RopoAnswer:
        """Return the service; 404 without one. Source: getV2ServicesRopoReceivables."""
        return self._client.call(Api.AX, "GET", _ROPO, answer=RopoAnswer, scope=scopes.COMPANY)

    def activate(self, agreement_contact_email: str) -> RopoAnswer:
        """Ropo mails its agreement to the contact. Source: putV2ServicesRopoReceivables."""
        body = {"agreement_contact_email": agreement_contact_email}
        return self._client.call(Api.AX, "PUT", _ROPO, answer=RopoAnswer, scope=scopes.COMPANY, json=body)

    def close(self) -> None:
        """Source: deleteV2ServicesRopoReceivables."""
        self._client.call(Api.AX, "DELETE", _ROPO, scope=scopes.COMPANY)


class IntrumService:
    """Intrum's service of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def show(self) -> IntrumAnswer:
        """Source: getV2ServicesIntrumReceivables."""
        return self._client.call(Api.AX, "GET", _INTRUM, answer=IntrumAnswer, scope=scopes.COMPANY)

    def activate(self, terms: IntrumTerms) -> IntrumAnswer:
        """Pending until Intrum's client code is given. Source: putV2ServicesIntrumReceivables."""
        body: dict[str, Any] = msgspec.to_builtins(terms)
        if manager := body.pop("real_estate_management_company"):
            body["details"] = {"real_estate_management_company": manager}
        return self._client.call(Api.AX, "PUT", _INTRUM, answer=IntrumAnswer, scope=scopes.COMPANY, json=body)

    def give_client_code(self, client_code: str) -> None:
        """Tell the code that Intrum gave: the service is active then. Source: patchV2ServicesIntrumReceivables."""
        self._client.call(Api.AX, "PATCH", _INTRUM, scope=scopes.COMPANY, json={"client_code": client_code})

    def close(self) -> None:
        """Source: deleteV2ServicesIntrumReceivables."""
        self._client.call(Api.AX, "DELETE", _INTRUM, scope=scopes.COMPANY)
