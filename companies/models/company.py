"""The mirror of one customer company."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import business_ids, enums
from companies.enums import ProfileStatus
from companies.models.business_id import BusinessIdColumns
from companies.models.profile import NetworkProfile
from portal.partners.models import PartnerAccount


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
    # The latest that AutoInvoice counts as activity, as far as we know; None: we know of nothing.
    active_at = models.DateTimeField(_("last active"), null=True, blank=True)
    disabled = models.BooleanField(_("closed by AutoInvoice"), default=False)
    listed_at = models.DateTimeField(null=True, blank=True)  # when the account's list last told something new of it
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
            models.Index(fields=["account", "created_at", "id"], name="company_in_list"),
            models.Index(fields=["account", "state", "auth_state"], name="company_account_state"),
            models.Index(fields=["account", "active_at", "id"], name="company_account_active"),
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


def company_of(account: PartnerAccount, uuid: UUID | str) -> Company | None:
    """Return one account's company by its AutoInvoice id; None: not known here."""
    return Company.objects.filter(account=account, uuid=uuid).first()
