"""
Words of this app. Remote words stay text in the database, for the lists grow; these are the ones that the code acts on.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CompanyState(models.TextChoices):
    """AutoInvoice's `company_state`. Source: getV1CompaniesIdStatus."""

    VERIFIED = "VERIFIED", _("Verified")
    UNVERIFIED = "UNVERIFIED", _("Not verified")
    UNKNOWN = "UNKNOWN", _("Older account, works as verified")


USABLE_STATES = (CompanyState.VERIFIED, CompanyState.UNKNOWN)


class AuthState(models.TextChoices):
    """AutoInvoice's `auth_state`. Source: getV1CompaniesIdStatus."""

    NONE = "NONE", _("Nothing requested")
    PENDING = "PENDING", _("Being sent")
    SENT = "SENT", _("Waiting for signature")
    SIGNED = "SIGNED", _("Signed")
    CANCELED = "CANCELED", _("Declined or canceled")


class AuthorizationState(models.TextChoices):
    """How a request that we sent stands, by AutoInvoice's words and our own clock."""

    OPEN = "OPEN", _("Waiting for signature")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    DECLINED = "DECLINED", _("Declined")
    EXPIRED = "EXPIRED", _("Expired")
    REPLACED = "REPLACED", _("Replaced by a newer request")
    DROPPED = "DROPPED", _("No longer followed")  # by staff; AutoInvoice cannot be told


class Problem(models.TextChoices):
    """What staff, or our own mail, found out about a request: why waiting will not help."""

    BOUNCED = "BOUNCED", _("Our reminder bounced")
    WRONG_PERSON = "WRONG_PERSON", _("Wrong person")


class ReminderState(models.TextChoices):
    """What became of a reminder by e-mail."""

    SENT = "SENT", _("Sent")
    BOUNCED = "BOUNCED", _("Bounced")


class ProfileStatus(models.TextChoices):
    """Status of a network registration; DISABLED is ours, for one that is gone. Source: getV1CompanyProfiles."""

    PENDING = "pending", _("Pending")
    ACTIVE = "active", _("Active")
    ERROR = "error", _("Error")
    DISABLED = "disabled", _("Closed")


class OnboardingState(models.TextChoices):
    """Where what staff typed has got to."""

    DRAFT = "DRAFT", _("Draft")
    SUBMITTED = "SUBMITTED", _("Being registered")
    REGISTERED = "REGISTERED", _("Registered")
    REFUSED = "REFUSED", _("Registration refused")


class Source(models.TextChoices):
    """Where an onboarding came from."""

    WIZARD = "WIZARD", _("Wizard")
    FILE = "FILE", _("File")
    OTHER = "OTHER", _("Other")


class Step(models.TextChoices):
    """Steps of the onboarding wizard, in order."""

    IDENTIFY = "identify", _("Identify")
    CONTACT = "contact", _("Address and contact")
    SIGNER = "signer", _("Who signs")
    NETWORKS = "networks", _("Networks")
    REVIEW = "review", _("Review")


class Mover(models.TextChoices):
    """Whose move it is."""

    STAFF = "staff", _("You")
    CUSTOMER = "customer", _("Customer")
    SIGNER = "signer", _("Signer")
    SUPPORT = "support", _("AutoInvoice support")
    AUTOINVOICE = "autoinvoice", _("AutoInvoice")


class ImportKind(models.TextChoices):
    """What a file of companies is."""

    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("Excel workbook")


class ImportState(models.TextChoices):
    """Where a file of companies has got to."""

    UPLOADED = "UPLOADED", _("Columns to be mapped")
    READING = "READING", _("Being read")
    MAPPED = "MAPPED", _("Read")
    PLANNING = "PLANNING", _("Being planned")
    PLANNED = "PLANNED", _("Planned")
    STARTED = "STARTED", _("Running")
    DONE = "DONE", _("Done")


class RowChange(models.TextChoices):
    """How a row of a file stands against the newest one of the same company that was carried out."""

    NEW = "NEW", _("New")
    CHANGED = "CHANGED", _("Changed")
    UNCHANGED = "UNCHANGED", _("Unchanged")


class ProofWay(models.TextChoices):
    """How it is found out whether a company receives."""

    LOOKUP = "lookup", _("Receiver look-up")
    INVOICE = "invoice", _("Test invoice")


class ProofState(models.TextChoices):
    """What came of asking."""

    RUNNING = "RUNNING", _("Under way")
    PROVEN = "PROVEN", _("Proven")
    STOPPED = "STOPPED", _("Stopped")


class Teller(models.TextChoices):
    """What told a fact."""

    OPERATION = "operation", _("An act")
    DELIVERY = "delivery", _("A message of AutoInvoice")
    SYNC = "sync", _("A look at AutoInvoice")
    STAFF = "staff", _("Staff")


class TagColour(models.TextChoices):
    """Colours of tags; the page has a light and a dark shade of each."""

    GREY = "grey", _("Grey")
    RED = "red", _("Red")
    ORANGE = "orange", _("Orange")
    GREEN = "green", _("Green")
    TEAL = "teal", _("Teal")
    BLUE = "blue", _("Blue")
    PURPLE = "purple", _("Purple")
    PINK = "pink", _("Pink")


class RowOutcome(models.TextChoices):
    """What the plan says of a row; a row that is several things is the first of those further up."""

    ERROR = "error", _("To be corrected")
    REFUSED = "refused", _("Not possible")  # by a policy of ours
    RESERVED = "reserved", _("Taken elsewhere")  # another account holds the business id
    UNASKED = "unasked", _("Could not be asked")
    CONFLICT = "conflict", _("Network conflict")  # somebody else answers for its address
    SUPPORT = "support", _("Needs support")  # only AutoInvoice support can verify it
    NEW = "new", _("New")
    ADD = "add", _("Adds to it")
    NOTHING = "nothing", _("Nothing to do")
    UNCHANGED = "unchanged", _("Unchanged")


RUNNING_OUTCOMES = (RowOutcome.UNASKED, RowOutcome.CONFLICT, RowOutcome.SUPPORT, RowOutcome.NEW, RowOutcome.ADD)


class RowResult(models.TextChoices):
    """What became of a row when its file was carried out."""

    UNDER_WAY = "under_way", _("Under way")
    SIGNATURE = "signature", _("Waiting for signature")
    REGISTERED = "registered", _("Registered")
    CONNECTED = "connected", _("Done, networks included")
    OURS = "ours", _("Was ours already")
    TAKEN = "taken", _("Held by somebody else")
    CONFLICT = "conflict", _("Network conflict")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Needs a person")
    CANCELED = "canceled", _("Canceled")
    NOTHING = "nothing", _("Nothing had to be done")
    LEFT_OUT = "left_out", _("Left out")
