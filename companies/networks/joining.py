"""What may be registered in a network: the contract's rules in staff words, asked before AutoInvoice is."""

from django.utils.translation import gettext_lazy as _

from companies import services
from companies.networks import catalogue, peppol
from companies.networks.peppol import Endpoint, InvalidEndpointError
from portal.operations.handlers import NotQueueableError


def check(wanted: services.ProfileRequest, country: str, business_id: str) -> None:
    """
    Say whether a registration keeps the rules of network, market, version and address.

    :param business_id: the real one; "": not known
    :raises NotQueueableError: with reason and remedy in staff words
    """
    check_network(wanted.network, country)
    check_profiles(wanted, country)
    check_address(wanted, country, business_id)
    for extension in extensions_of(wanted):
        check_extension(extension, catalogue.INVOICES, country)


def check_network(network: str, country: str) -> None:
    """:raises NotQueueableError: it is not opened by a registration, or not for this country"""
    if network not in catalogue.activatable():
        raise NotQueueableError(
            _("%(network)s cannot be activated here.") % {"network": network},
            catalogue.needs_of(network)
            or _("Use one of %(known)s.") % {"known": ", ".join(catalogue.offered(country))},
        )
    countries = catalogue.countries_of(network)
    if countries and country not in countries:
        raise NotQueueableError(
            _("%(network)s is only for companies of %(countries)s.")
            % {"network": network, "countries": ", ".join(countries)}
        )


def check_profiles(wanted: services.ProfileRequest, country: str) -> None:
    """:raises NotQueueableError: a kind of profile, or its version, is not for this network or country"""
    taken = catalogue.profiles_of(wanted.network, country)
    wrong = [name for name in wanted.profiles if name not in taken]
    if not wanted.profiles or wrong:
        raise NotQueueableError(
            _("%(network)s takes no %(profiles)s from companies of %(country)s.")
            % {"network": wanted.network, "profiles": ", ".join(wrong) or "–", "country": country or "?"},
            _("Choose among %(known)s.") % {"known": ", ".join(taken)},
        )
    version = wanted.profile_version or ""
    if not version and catalogue.needs_version(wanted.network, wanted.profiles):
        raise NotQueueableError(_("These profiles need a version."), _("Choose the document version."))
    unfit = [name for name in wanted.profiles if version and not _has_version(name, version, country)]
    if unfit:
        raise NotQueueableError(
            _("There is no %(profiles)s in version %(version)s for companies of %(country)s.")
            % {"profiles": ", ".join(unfit), "version": version, "country": country or "?"},
            _("Choose another version, or register these profiles apart."),
        )


def check_address(wanted: services.ProfileRequest, country: str, business_id: str) -> None:
    """:raises NotQueueableError: half an address, or one that breaks its scheme's rules"""
    if bool(wanted.scheme) != bool(wanted.endpoint_id):
        raise NotQueueableError(_("Scheme and address belong together."), _("Give both, or leave both empty."))
    if wanted.network == catalogue.PEPPOL and wanted.scheme and wanted.endpoint_id:
        try:
            peppol.check_endpoint(Endpoint(wanted.scheme, wanted.endpoint_id), country, business_id)
        except InvalidEndpointError as error:
            raise NotQueueableError(error.text, _("Correct scheme or address.")) from None


def check_extension(extension: str, profile: str, country: str) -> None:
    """:raises NotQueueableError: the profile carries no such extension in this country"""
    if extension in catalogue.extensions_of(profile, country):
        return
    raise NotQueueableError(
        _("%(extension)s is not for %(profile)s of companies of %(country)s.")
        % {"extension": extension, "profile": profile, "country": country or "?"},
    )


def extensions_of(wanted: services.ProfileRequest) -> list[str]:
    """Return the extensions that a registration asks for."""
    return [word for item in wanted.profiles_with_extensions or [] for word in item.get("extensions", [])]


def _has_version(profile: str, version: str, country: str) -> bool:
    known = catalogue.versions_of(profile, country)
    return version in known or (not known and version in catalogue.versions_of("ORDER", country))
