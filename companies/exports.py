"""Columns of the exported lists; business ids as they are shown, so that personal numbers stay masked."""

from django.utils.translation import gettext_lazy as _

from companies.enums import ProfileStatus
from companies.models import Company
from companies.side_services import catalogue
from portal.list_exports import Column


def _networks(company: Company) -> str:
    live = [profile for profile in company.profiles.all() if profile.status != ProfileStatus.DISABLED]
    return ", ".join(sorted(f"{profile.network} {profile.status}" for profile in live))


company_columns = (
    Column("name", _("Name"), lambda company: company.name),
    Column("country", _("Country"), lambda company: company.country),
    Column("business_id", _("Business id"), lambda company: company.business_id),
    Column("uuid", _("AutoInvoice id"), lambda company: company.uuid),
    Column("state", _("State"), lambda company: company.state),
    Column("auth_state", _("Authorization"), lambda company: company.auth_state),
    Column("networks", _("Networks"), _networks),
    Column("auth_email", _("Signer's e-mail"), lambda company: company.auth_email, chosen=False),
    Column("vendor_state", _("Link to our software"), lambda company: company.vendor_state, chosen=False),
    Column("kept_active_at", _("Kept active"), lambda company: company.kept_active_at, chosen=False),
    Column("account", _("Partner account"), lambda company: company.account.name),
    Column("created_at", _("Here since"), lambda company: company.created_at.isoformat(timespec="seconds")),
)

quiet_columns = (
    *company_columns,
    Column("active_at", _("Last active"), lambda company: company.active_at and company.active_at.date().isoformat()),
)

onboarding_columns = (
    Column("name", _("Name"), lambda row: row.name),
    Column("country", _("Country"), lambda row: row.country),
    Column("business_id", _("Business id"), lambda row: row.business_id),
    Column("state", _("State"), lambda row: row.get_state_display()),
    Column("problem_text", _("Why it was refused"), lambda row: row.problem_text),
    Column("auth_email", _("Signer's e-mail"), lambda row: row.auth_email),
    Column("source", _("From"), lambda row: row.source_file or row.get_source_display()),
    Column("created_by", _("By"), lambda row: row.created_by, chosen=False),
    Column("account", _("Partner account"), lambda row: row.account.name, chosen=False),
    Column("created_at", _("Here since"), lambda row: row.created_at.isoformat(timespec="seconds")),
)

profile_columns = (
    Column("company", _("Company"), lambda profile: profile.company),
    Column("country", _("Country"), lambda profile: profile.company.country),
    Column("business_id", _("Business id"), lambda profile: profile.company.business_id),
    Column("uuid", _("AutoInvoice id"), lambda profile: profile.company.uuid),
    Column("network", _("Network"), lambda profile: profile.network),
    Column("profiles", _("Profiles"), lambda profile: ", ".join(profile.profiles)),
    Column("status", _("Status"), lambda profile: profile.status),
    Column("address", _("Address"), lambda profile: f"{profile.scheme}:{profile.endpoint_id}".strip(":")),
    Column("error_text", _("AutoInvoice says"), lambda profile: profile.error_text),
    Column("account", _("Partner account"), lambda profile: profile.account.name, chosen=False),
)

service_columns = (
    Column("company", _("Company"), lambda state: state.company),
    Column("country", _("Country"), lambda state: state.company.country),
    Column("business_id", _("Business id"), lambda state: state.company.business_id),
    Column("service", _("Service"), lambda state: catalogue.service(state.service).title),
    Column("status", _("State"), lambda state: state.status),
    Column("key", _("Account or number"), lambda state: state.key),
    Column("address", _("Address"), lambda state: state.address),
    Column("return_email", _("Return e-mail"), lambda state: state.return_email),
    Column("account", _("Partner account"), lambda state: state.account.name, chosen=False),
)
