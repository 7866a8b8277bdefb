"""How the states of companies and their networks are shown: word, tone, icon."""

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from companies.enums import AuthState, CompanyState, ImportState, OnboardingState, ProfileStatus, ProofState
from companies.models import Company, ImportFile, NetworkProfile, Onboarding, ProofOfReception
from portal.pills import pill

_Pill = tuple[str | Promise, str, str]

_STATES: dict[str, _Pill] = {
    CompanyState.VERIFIED: (_("Verified"), "good", "verified"),
    CompanyState.UNKNOWN: (_("Older account"), "good", "verified"),
    "": (_("Not looked up yet"), "neutral", "help"),
}
_UNVERIFIED: dict[str, _Pill] = {
    AuthState.NONE: (_("Not authorized"), "warn", "signature"),
    AuthState.PENDING: (_("Request on its way"), "info", "outgoing_mail"),
    AuthState.SENT: (_("Waiting for signature"), "warn", "signature"),
    AuthState.SIGNED: (_("Signed, being verified"), "info", "draw"),
    AuthState.CANCELED: (_("Not signed"), "bad", "block"),
}
_PROFILES: dict[str, _Pill] = {
    ProfileStatus.ACTIVE: (_("Active"), "good", "check_circle"),
    ProfileStatus.PENDING: (_("Pending"), "info", "hourglass_top"),
    ProfileStatus.ERROR: (_("Error"), "bad", "error"),
    ProfileStatus.DISABLED: (_("Closed"), "neutral", "do_not_disturb_on"),
}
_ONBOARDINGS: dict[str, _Pill] = {
    OnboardingState.DRAFT: (_("Draft"), "neutral", "draft"),
    OnboardingState.SUBMITTED: (_("Being registered"), "info", "hourglass_top"),
    OnboardingState.REGISTERED: (_("Registered"), "good", "check_circle"),
    OnboardingState.REFUSED: (_("Refused"), "bad", "block"),
}
_IMPORTS: dict[str, _Pill] = {
    ImportState.UPLOADED: (ImportState.UPLOADED.label, "warn", "view_column"),
    ImportState.READING: (ImportState.READING.label, "info", "hourglass_top"),
    ImportState.MAPPED: (ImportState.MAPPED.label, "neutral", "task"),
    ImportState.PLANNING: (ImportState.PLANNING.label, "info", "hourglass_top"),
    ImportState.PLANNED: (ImportState.PLANNED.label, "info", "checklist"),
    ImportState.STARTED: (ImportState.STARTED.label, "info", "play_circle"),
    ImportState.DONE: (ImportState.DONE.label, "good", "check_circle"),
}


def import_pill(file: ImportFile) -> SafeString:
    """Return how far a file of companies is."""
    return pill(*_IMPORTS[file.state])


def company_pill(company: Company) -> SafeString:
    """Return a company's state; a word that we do not know is shown as it came."""
    if company.state == CompanyState.UNVERIFIED:
        word = _UNVERIFIED.get(company.auth_state, (company.auth_state or _("Not authorized"), "warn", "signature"))
        return pill(*word)
    return pill(*_STATES.get(company.state, (company.state, "neutral", "help")))


def profile_pill(profile: NetworkProfile) -> SafeString:
    """Return the status of a network registration."""
    return pill(*_PROFILES.get(profile.status, (profile.status, "neutral", "help")))


_PROOFS: dict[str, _Pill] = {
    ProofState.RUNNING: (_("Under way"), "info", "hourglass_top"),
    ProofState.PROVEN: (_("Proven"), "good", "verified"),
    ProofState.STOPPED: (_("Stopped"), "bad", "error"),
}
_STAGES = {
    "queued": _("Waits to be sent"),
    "sent": _("Handed over"),
    "delivered": _("Delivered, not arrived yet"),
}


def proof_pill(row: ProofOfReception) -> SafeString:
    """Return what came of a proof; a test invoice that is on its way says how far it is."""
    word, tone, icon = _PROOFS.get(row.state, (row.state, "neutral", "help"))
    if row.state == ProofState.RUNNING:
        word = _STAGES.get(row.stage, word)
    return pill(word, tone, icon)


def onboarding_pill(row: Onboarding) -> SafeString:
    """Return where an onboarding has got to."""
    return pill(*_ONBOARDINGS.get(row.state, (row.state, "neutral", "help")))
