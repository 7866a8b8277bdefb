"""Requests for authorization that we sent."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from companies.enums import AuthorizationState, Problem
from companies.models.company import Company
from portal.partners.models import Method, PartnerAccount


class Authorization(models.Model):
    """A request for one company's authorization that we sent, with our own clock of its seven days."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="authorizations")
    state = models.CharField(_("state"), max_length=10, choices=AuthorizationState, default=AuthorizationState.OPEN)
    method = models.CharField(_("way"), max_length=10, choices=Method, default=Method.VISMA_SIGN)
    email = models.EmailField(_("signer's e-mail"))
    signer_key = models.GeneratedField(
        expression=Lower("email"), output_field=models.CharField(max_length=254), db_persist=True
    )  # one person, however the address was written
    signer_name = models.CharField(_("signer's name"), max_length=200, blank=True)
    locale = models.CharField(_("language of the document"), max_length=2)
    authorization_id = models.CharField(_("id in our own process"), max_length=200, blank=True)
    operation_id = models.BigIntegerField(null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )  # None: the portal, or a command
    requested_at = models.DateTimeField(_("requested"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)  # None: nothing to sign
    ended_at = models.DateTimeField(null=True, blank=True)
    # The newest request of a company that may not act yet: what the signature desk shows.
    on_desk = models.BooleanField(default=True)
    # What staff or our own mail found out about the signer.
    problem = models.CharField(_("trouble"), max_length=12, choices=Problem, blank=True)
    problem_note = models.CharField(_("note"), max_length=500, blank=True)
    problem_at = models.DateTimeField(null=True, blank=True)

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
            models.Index(
                fields=["account", "state", "requested_at", "id"],
                name="authorization_desk",
                condition=Q(on_desk=True),
            ),
            models.Index(
                fields=["account", "problem", "requested_at", "id"],
                name="authorization_problem",
                condition=Q(on_desk=True) & ~Q(problem=""),
            ),
            models.Index(
                fields=["account", "signer_key", "state"], name="authorization_signer", condition=Q(on_desk=True)
            ),
        ]
        permissions = [
            ("remind_signer", "Can remind a signer by e-mail"),
            ("mark_authorization", "Can mark what is wrong with a request to sign, and stop following it"),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.get_state_display()}"

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline operations for this row belong to."""
        return {"company_uuid": self.company.uuid}

    def has_run_out(self, now: datetime) -> bool:
        """Tell whether its seven days are over, whatever AutoInvoice says."""
        return self.expires_at is not None and self.expires_at <= now

    def can_be_signed(self, now: datetime) -> bool:
        """Tell whether a link that lives is with the signer, as far as our own clock knows."""
        return self.state == AuthorizationState.OPEN and self.expires_at is not None and self.expires_at > now
