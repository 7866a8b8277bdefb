"""Reminders by e-mail to signers: what was sent, the texts that staff edit, and each account's own rules."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.enums import ReminderState
from companies.models.authorization import Authorization
from portal.partners.models import PartnerAccount

_HOURS = [MinValueValidator(1), MaxValueValidator(167)]  # a request lives 168


class Reminder(models.Model):
    """One reminder of one request: written when the mail server has taken the mail, or refused its address."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    authorization = models.ForeignKey(Authorization, models.CASCADE, related_name="reminders")
    operation_id = models.BigIntegerField()
    message_id = models.CharField(max_length=200)  # several requests of one signer share a mail
    stage = models.CharField(_("occasion"), max_length=20)  # "48h" before the end, "hand:2026-11-21"
    email = models.CharField(_("address"), max_length=254)
    locale = models.CharField(_("language"), max_length=2)
    state = models.CharField(_("state"), max_length=10, choices=ReminderState, default=ReminderState.SENT)
    sent_at = models.DateTimeField(_("sent"))
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_text = models.CharField(_("what the mail server said"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(fields=["authorization", "stage", "email"], name="reminder_once")]
        indexes = [
            models.Index(fields=["message_id"], name="reminder_message"),
            models.Index(fields=["account", "sent_at", "id"], name="reminder_in_list"),
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.stage}"


class ReminderTemplate(models.Model):
    """A text of an account's own for one language; without a row the portal's text is sent."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="+")
    locale = models.CharField(_("language"), max_length=2)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=5000)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("text of reminders")
        verbose_name_plural = _("texts of reminders")
        constraints = [models.UniqueConstraint(fields=["account", "locale"], name="reminder_template_once")]

    def __str__(self) -> str:
        return f"{self.account} {self.locale}"


class ReminderRule(models.Model):
    """Who an account's reminders come from, and when they go by themselves; without a row none does."""

    account = models.OneToOneField(PartnerAccount, models.CASCADE, related_name="reminder_rule")
    is_on = models.BooleanField(
        _("remind by itself"), default=False, help_text=_("Signers get a reminder before their request expires.")
    )
    first_hours = models.PositiveSmallIntegerField(_("first, hours before the end"), default=48, validators=_HOURS)
    second_hours = models.PositiveSmallIntegerField(
        _("second, hours before the end"), default=24, null=True, blank=True, validators=_HOURS
    )
    sender_name = models.CharField(_("sender's name"), max_length=100, blank=True)
    sender_email = models.EmailField(_("sender's address"), blank=True)
    reply_to = models.EmailField(_("answers go to"), blank=True)

    class Meta:
        verbose_name = _("rule of reminders")
        verbose_name_plural = _("rules of reminders")

    def __str__(self) -> str:
        return str(self.account)

    @property
    def stages(self) -> list[int]:
        """Return the hours before the end at which a reminder goes, the last one first."""
        return sorted({hours for hours in (self.first_hours, self.second_hours) if hours})
