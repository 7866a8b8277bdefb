"""
The customer companies: mirrors of what AutoInvoice knows, and beside them what staff typed.

Mirror rows (Company, NetworkProfile, CompanyUser) hold remote facts, are written by operations, webhooks and sync
only, and keep the time each fact was true (`fact_at`). Onboarding and Authorization are ours.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import business_ids, enums
from companies.enums import AuthorizationState, OnboardingState, ProfileStatus
from portal.partners.fields import EncryptedTextField
from portal.partners.models import Method, PartnerAccount


class BusinessIdColumns(models.Model):
    """The three columns of a business id: what is shown, what it is found by, and the secret if it is a person's."""

    business_id = models.CharField(_("business id"), max_length=40, blank=True)  # masked when it is a personal number
    business_id_digest = models.CharField(max_length=64, blank=True, db_index=True)
    business_id_secret = EncryptedTextField(blank=True, default="")

    class Meta:
        abstract = True

    @property
    def real_business_id(self) -> str:
        """Return the business id as it is sent to AutoInvoice."""
        return self.business_id_secret or self.business_id

    def set_business_id(self, country: str, text: str) -> None:
        """Fill the three columns; a text that breaks the rules of its country is kept as it came."""
        stored = business_ids.conceal(country, text)
        self.business_id, self.business_id_digest, self.business_id_secret = stored.shown, stored.digest, stored.secret


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, user: Any) -> "CompanyQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))

    def usable(self) -> "CompanyQuerySet":
        """Companies that may send, receive and activate."""
        return self.filter(state__in=enums.USABLE_STATES)

    def by_business_id(self, country: str, text: str) -> "CompanyQuerySet":
        """Find companies by business id, however it is written."""
        return self.filter(country=country.upper(), business_id_digest=business_ids.digest(country, text))

    def active_on(self, network: str) -> "CompanyQuerySet":
        active = NetworkProfile.objects.filter(
            company=models.OuterRef("pk"), network=network, status=ProfileStatus.ACTIVE
        )
        return self.filter(models.Exists(active))


class Company(BusinessIdColumns):
    """One customer company at AutoInvoice."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="companies")
    uuid = models.UUIDField(_("AutoInvoice id"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    state = models.CharField(_("state"), max_length=40, blank=True)  # remote word; "" not looked up yet
    state_at = models.DateTimeField(null=True, blank=True)  # when that was true
    auth_state = models.CharField(_("authorization"), max_length=40, blank=True)  # remote word
    auth_email = models.CharField(_("signer's e-mail"), max_length=254, blank=True)
    auth_at = models.DateTimeField(null=True, blank=True)
    auth_requested_at = models.DateTimeField(null=True, blank=True)  # when we last asked; paces the looks
    vendor_state = models.CharField(
        _("link to our software"), max_length=40, blank=True
    )  # remote word; "" not looked up
    vendor_at = models.DateTimeField(null=True, blank=True)
    settings = models.JSONField(default=dict, blank=True)  # remote blocks, without logos
    settings_at = models.DateTimeField(null=True, blank=True)
    kept_active_at = models.DateTimeField(null=True, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)  # last seen in the account's list of companies
    checked_at = models.DateTimeField(null=True, blank=True)  # last look by id
    next_check_at = models.DateTimeField(null=True, blank=True)  # due for a look by id; None: nothing is expected
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [models.UniqueConstraint(fields=["account", "uuid"], name="company_account_uuid")]
        indexes = [
            models.Index(fields=["uuid"], name="company_uuid"),
            models.Index(fields=["account", "name", "id"], name="company_account_name"),
            models.Index(fields=["account", "-created_at", "-id"], name="company_account_created"),
            models.Index(fields=["account", "state", "auth_state"], name="company_account_state"),
            models.Index(
                fields=["account", "next_check_at"], name="company_due", condition=Q(next_check_at__isnull=False)
            ),
        ]
        permissions = [
            ("authorize_company", "Can request authorization of a company"),
            ("activate_network", "Can activate and close networks"),
            ("refresh_company", "Can look a company up at AutoInvoice"),
            ("keep_company_active", "Can keep a company active"),
            ("link_company", "Can link a company to our software"),
            ("unlink_company", "Can unlink a company from our software"),
            ("manage_company_users", "Can add and remove a company's users"),
            ("change_company_settings", "Can change a company's settings at AutoInvoice"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.uuid)

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline operations for this row belong to."""
        return {"company_uuid": self.uuid}

    @property
    def is_usable(self) -> bool:
        """Tell whether it may send, receive and activate."""
        return self.state in enums.USABLE_STATES


class Onboarding(BusinessIdColumns):
    """What staff typed to bring in one company: a draft of the wizard, or one row of a file."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="onboardings")
    state = models.CharField(_("state"), max_length=12, choices=OnboardingState, default=OnboardingState.DRAFT)
    step = models.CharField(max_length=12, choices=enums.Step, default=enums.Step.IDENTIFY)
    company = models.ForeignKey(Company, models.SET_NULL, null=True, blank=True, related_name="onboardings")

    name = models.CharField(_("name"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    address1 = models.CharField(_("street address"), max_length=200, blank=True)
    address2 = models.CharField(_("address, second line"), max_length=200, blank=True)
    post_code = models.CharField(_("post code"), max_length=20, blank=True)
    post_office = models.CharField(_("post office"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    region = models.CharField(_("state or province"), max_length=100, blank=True)
    email = models.EmailField(_("company's e-mail"), blank=True)
    signer_name = models.CharField(_("signer's name"), max_length=200, blank=True)
    auth_email = models.EmailField(_("signer's e-mail"), blank=True)
    locale = models.CharField(_("language of the document"), max_length=2, blank=True)
    method = models.CharField(
        _("way to authorize"), max_length=10, choices=Method, blank=True
    )  # "": the account's default
    authorization_id = models.CharField(_("id in our own process"), max_length=200, blank=True)
    networks = models.JSONField(_("networks"), default=list, blank=True)  # ["VISMA", "PEPPOL"]

    problem_code = models.CharField(max_length=80, blank=True)  # why registration was refused
    problem_text = models.TextField(blank=True)
    source = models.CharField(max_length=10, choices=enums.Source, default=enums.Source.WIZARD)
    source_file = models.CharField(_("file"), max_length=200, blank=True)
    source_row = models.PositiveIntegerField(_("row"), null=True, blank=True)
    batch = models.ForeignKey("operations.Batch", models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("onboarding")
        verbose_name_plural = _("onboardings")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "country", "business_id_digest"],
                condition=Q(state__in=(OnboardingState.SUBMITTED, OnboardingState.REGISTERED)),
                name="onboarding_once",
            )
        ]
        indexes = [
            models.Index(fields=["account", "state", "-id"], name="onboarding_account_state"),
            models.Index(fields=["account", "-created_at", "-id"], name="onboarding_account_created"),
        ]
        permissions = [("register_company", "Can register companies at AutoInvoice")]

    def __str__(self) -> str:
        return self.name or self.business_id or str(_("New company"))

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline operations for this row belong to."""
        return {"company_uuid": self.company.uuid if self.company else None, "onboarding_id": self.pk}

    @property
    def effective_method(self) -> str:
        return self.method or self.account.default_method


class Authorization(models.Model):
    """A request for one company's authorization that we sent, with our own clock of its seven days."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="authorizations")
    state = models.CharField(_("state"), max_length=10, choices=AuthorizationState, default=AuthorizationState.OPEN)
    method = models.CharField(_("way"), max_length=10, choices=Method, default=Method.VISMA_SIGN)
    email = models.EmailField(_("signer's e-mail"))
    signer_name = models.CharField(_("signer's name"), max_length=200, blank=True)
    locale = models.CharField(_("language of the document"), max_length=2)
    authorization_id = models.CharField(_("id in our own process"), max_length=200, blank=True)
    operation_id = models.BigIntegerField(null=True, blank=True)
    requested_at = models.DateTimeField(_("requested"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)  # None: nothing to sign
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("authorization")
        verbose_name_plural = _("authorizations")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "company"],
                condition=Q(state=AuthorizationState.OPEN),
                name="authorization_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["account", "state", "expires_at"], name="authorization_account_state"),
            models.Index(fields=["company", "-requested_at"], name="authorization_company"),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.get_state_display()}"

    def has_run_out(self, now: datetime) -> bool:
        """Tell whether its seven days are over, whatever AutoInvoice says."""
        return self.expires_at is not None and self.expires_at <= now


class NetworkProfile(models.Model):
    """One registration of a company in a network."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="profiles")
    remote_id = models.CharField(max_length=64)
    network = models.CharField(_("network"), max_length=40)  # remote word
    profiles = models.JSONField(_("profiles"), default=list)
    profile_version = models.CharField(max_length=40, blank=True)
    status = models.CharField(_("status"), max_length=40)  # remote word, or "disabled"
    scheme = models.CharField(_("scheme"), max_length=20, blank=True)
    endpoint_id = models.CharField(_("address"), max_length=100, blank=True)  # masked when it holds a personal number
    endpoint_id_digest = models.CharField(max_length=64, blank=True, db_index=True)
    endpoint_id_secret = EncryptedTextField(blank=True, default="")
    extensions = models.JSONField(default=list, blank=True)  # [{"profile_name", "extensions": [...]}]
    network_settings = models.JSONField(default=dict, blank=True)
    error_text = models.TextField(_("AutoInvoice says"), blank=True)
    fact_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("network profile")
        verbose_name_plural = _("network profiles")
        constraints = [
            models.UniqueConstraint(fields=["account", "company", "remote_id"], name="profile_account_remote")
        ]
        indexes = [
            models.Index(fields=["account", "status", "network"], name="profile_account_status"),
            models.Index(fields=["company", "network", "status"], name="profile_company_network"),
            models.Index(
                fields=["account", "next_check_at"], name="profile_due", condition=Q(next_check_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.status}"

    @property
    def real_endpoint_id(self) -> str:
        return self.endpoint_id_secret or self.endpoint_id


class CompanyUser(models.Model):
    """A person or a program that may act in a company."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="users")
    remote_id = models.CharField(max_length=64)
    email = models.CharField(_("e-mail"), max_length=254)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    role = models.CharField(_("role"), max_length=20, blank=True)  # remote word
    notifications_disabled = models.BooleanField(default=False)
    emails_disabled = models.BooleanField(default=False)
    api_key = EncryptedTextField(blank=True, default="")  # shown by AutoInvoice once, when the user was made
    fact_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("company user")
        verbose_name_plural = _("company users")
        constraints = [models.UniqueConstraint(fields=["account", "company", "remote_id"], name="user_account_remote")]
        indexes = [models.Index(fields=["email"], name="user_email")]

    def __str__(self) -> str:
        return self.email

    @property
    def has_key(self) -> bool:
        """Tell whether the portal keeps an API key of this user."""
        return bool(self.api_key)


def company_of(account: PartnerAccount, uuid: UUID | str) -> Company | None:
    """Return one account's company by its AutoInvoice id; None: not known here."""
    return Company.objects.filter(account=account, uuid=uuid).first()
