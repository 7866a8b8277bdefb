"""What staff typed to bring a company in."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import enums
from companies.enums import OnboardingState
from companies.models.business_id import BusinessIdColumns
from companies.models.company import Company
from portal.partners.models import Method, PartnerAccount


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
