"""Forms about a company's networks: joining one with its profiles, version and address, and setting extensions."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from companies import services
from companies.act_forms import ActForm
from companies.enums import ProfileStatus
from companies.models import Company, NetworkProfile
from companies.networks import catalogue, joining, peppol
from companies.networks.peppol import InvalidEndpointError
from portal.operations.handlers import NotQueueableError

PROFILE_NAMES = {
    catalogue.INVOICES: _("Invoices and credit notes"),
    "ORDER": _("Orders"),
    "ORDER_RESPONSE": _("Responses to orders"),
    "CATALOGUE": _("Catalogues"),
    "CATALOGUE_RESPONSE": _("Responses to catalogues"),
    "DESPATCH_ADVICE": _("Despatch advice"),
    "REMINDER": _("Reminders"),
    "INVOICE_RESPONSE": _("Responses to invoices"),
    "MESSAGE_LEVEL_RESPONSE": _("Message level responses"),
    "VOUCHER": _("Vouchers"),
}
VERSION_NAMES = {"PEPPOLBIS30": "Peppol BIS 3.0", "EHF30": "EHF 3.0"}


def profile_name(profile: str) -> Any:
    """Return a kind of profile in staff words; one that is not known as it is."""
    return PROFILE_NAMES.get(profile, profile)


class ActivateForm(ActForm):
    """One registration; what is left empty AutoInvoice derives."""

    network = forms.ChoiceField(label=_("Network"), widget=UnfoldAdminRadioSelectWidget)
    profiles = forms.MultipleChoiceField(
        label=_("What it receives there"),
        required=False,
        help_text=_("Orders, catalogues and the like are for Peppol, and need a version."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    profile_version = forms.ChoiceField(
        label=_("Version"),
        required=False,
        help_text=_("Not for invoices: they have none."),
        widget=UnfoldAdminSelectWidget,
    )
    scheme = forms.ChoiceField(
        label=_("Scheme of the address"),
        required=False,
        help_text=_("Only schemes in use are offered. Choose one together with the address, or neither."),
        widget=UnfoldAdminSelectWidget,
    )
    endpoint_id = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=140,
        help_text=_("Without the scheme, such as a GLN of 13 digits. Empty: it follows from the business id."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    extensions = forms.MultipleChoiceField(
        label=_("Extensions"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def __init__(self, *args: Any, company: Company | None = None, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        self.company = company
        country = company.country if company else ""
        offered = catalogue.offered(country)
        self._choose("network", [(name, f"{name}: {catalogue.needs_of(name)}") for name in offered])
        kinds = dict.fromkeys(name for network in offered for name in catalogue.profiles_of(network, country))
        self._choose("profiles", [(name, profile_name(name)) for name in kinds])
        versions = catalogue.versions_of("ORDER", country)
        self._choose("profile_version", [("", "–"), *((name, VERSION_NAMES.get(name, name)) for name in versions)])
        self._choose("scheme", _schemes(company))
        extensions = catalogue.extensions_of(catalogue.INVOICES, country)
        if extensions:
            self._choose("extensions", [(name, name) for name in extensions])
        else:
            del self.fields["extensions"]

    def _choose(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def initial_of(self, company: Company) -> dict[str, Any]:
        return {"profiles": [catalogue.INVOICES]}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        network = cleaned.get("network")
        if not network or "profiles" not in cleaned:
            return cleaned
        usual = catalogue.usual_profiles(network)
        if cleaned.get("profiles") in ([], [catalogue.INVOICES]):
            cleaned["profiles"] = usual
        self._read_address(cleaned)
        self._ask("profiles", joining.check_profiles, _wanted(cleaned))
        if cleaned.get("profiles") == usual:
            cleaned["profiles"] = []  # as the wizard and files say it: so that the same thing is not queued twice
        return cleaned

    def _read_address(self, cleaned: dict[str, Any]) -> None:
        scheme, text = cleaned.get("scheme", ""), cleaned.get("endpoint_id", "")
        if not scheme and not text:
            return
        endpoint = peppol.read_endpoint(scheme, text)
        cleaned["scheme"], cleaned["endpoint_id"] = endpoint.scheme, endpoint.endpoint_id
        if not endpoint.scheme or not endpoint.endpoint_id:
            missing = "endpoint_id" if endpoint.scheme else "scheme"
            self.add_error(missing, _("Scheme and address belong together: give both, or leave both empty."))
            return
        company = self.company
        if company and endpoint == peppol.expected_endpoint(company.country, company.real_business_id):
            cleaned["scheme"] = cleaned["endpoint_id"] = ""  # AutoInvoice derives it; a person's number is kept nowhere
            return
        known = (company.country, company.real_business_id) if company else ("", "")
        try:
            peppol.check_endpoint(endpoint, *known)
        except InvalidEndpointError as error:
            self.add_error(error.field, ValidationError(error.text))

    def _ask(self, field: str, check: Any, wanted: services.ProfileRequest) -> None:
        try:
            check(wanted, self.company.country if self.company else "")
        except NotQueueableError as error:
            words = error.staff_text
            self.add_error("profile_version" if "version" in str(error.reason) else field, ValidationError(words))


class CloseForm(ActForm):
    profile = forms.ChoiceField(label=_("Registration"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, company: Company | None = None, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        choice: Any = self.fields["profile"]
        live = company.profiles.exclude(status=ProfileStatus.DISABLED).order_by("network") if company else ()
        choice.choices = [(profile.remote_id, _named(profile)) for profile in live]


class ExtensionsForm(ActForm):
    """The extensions of the invoices' profile; none chosen takes all away."""

    extensions = forms.MultipleChoiceField(
        label=_("Extensions of invoices and credit notes"),
        required=False,
        help_text=_("What is not ticked is taken away."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    profile = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, company: Company | None = None, **kwargs: Any) -> None:
        super().__init__(*args, company=company, **kwargs)
        field: Any = self.fields["extensions"]
        field.choices = [(name, name) for name in _extensions(company)]

    def initial_of(self, company: Company) -> dict[str, Any]:
        held = [item for profile in company.profiles.all() for item in profile.extensions]
        return {"extensions": [word for item in held for word in _listed(item.get("extensions"))]}


class ProveForm(ActForm):
    """Look-ups alone, or a test invoice too."""

    with_invoice = forms.BooleanField(
        label=_("Send a test invoice too"),
        required=False,
        help_text=_("Of zero, from your own partner company. The customer sees it among its received invoices."),
        widget=UnfoldBooleanWidget,
    )


def _extensions(company: Company | None) -> tuple[str, ...]:
    """Return what the company's market has; for many companies whatever any market has."""
    if company is not None:
        return catalogue.extensions_of(catalogue.INVOICES, company.country)
    return catalogue.extensions()


def _wanted(cleaned: dict[str, Any]) -> services.ProfileRequest:
    return services.ProfileRequest(
        network=cleaned["network"],
        profiles=cleaned["profiles"],
        profile_version=cleaned.get("profile_version") or None,
    )


def _named(profile: NetworkProfile) -> str:
    kinds = ", ".join(str(profile_name(name)) for name in profile.profiles)
    return f"{profile.network} {profile.endpoint_id} {profile.status}: {kinds}"


def _listed(words: Any) -> list[str]:
    return [words] if isinstance(words, str) else list(words or [])


def _schemes(company: Company | None) -> list[Any]:
    """Return the schemes on offer: none, the country's own and the GLN first, the others by country."""
    derived = peppol.expected_endpoint(company.country, company.real_business_id) if company else None
    none: Any = _("It follows from the business id: %(address)s") % {
        "address": peppol.shown(derived, company.country if company else "") if derived else "–"
    }
    if company is not None and derived is None:
        none = _("Nothing follows from this business id: choose one for Peppol")
    near = {*(peppol.schemes_of(company.country) if company else ()), peppol.GLN}
    country = company.country if company else ""
    own = [
        scheme for scheme in peppol.active_schemes() if scheme.code in near or (country and scheme.country == country)
    ]
    others = [scheme for scheme in peppol.active_schemes() if scheme not in own]
    return [
        ("", none),
        (_("Usual here"), [(scheme.code, f"{scheme.code} {scheme.name}") for scheme in own]),
        (_("Others in use"), [(scheme.code, f"{scheme.code} {scheme.name}") for scheme in others]),
    ]


FORMS: dict[str, type[ActForm]] = {
    "companies.activate_network": ActivateForm,
    "companies.remove_network": CloseForm,
    "companies.set_extensions": ExtensionsForm,
    "companies.prove_reception": ProveForm,
}
