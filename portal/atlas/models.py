"""Errors that the atlas has no entry for: counted, and explained by staff where they know better."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.atlas.texts import MOVERS

_BY = [(by, words["en"]) for by, words in MOVERS.items()]


class UnknownError(models.Model):
    """
    One error that no entry of the atlas fits, whatever numbers and names it mentions.

    With a cause and a remedy it is an entry like the others, in the language staff wrote it in.
    """

    area = models.CharField(_("area"), max_length=30)
    code = models.CharField(_("code"), max_length=80, blank=True)
    text = models.CharField(_("AutoInvoice's words"), max_length=500, blank=True)  # numbers and addresses left out
    digest = models.CharField(max_length=64)  # of code and text
    count = models.PositiveIntegerField(_("how often"), default=0)
    first_at = models.DateTimeField(_("first seen"), default=timezone.now)
    last_at = models.DateTimeField(_("last seen"), default=timezone.now)

    name = models.CharField(_("name"), max_length=80, blank=True, help_text=_("A few words, for lists."))
    cause = models.TextField(_("cause"), blank=True, help_text=_("Why it happens, in words that colleagues know."))
    remedy = models.TextField(_("remedy"), blank=True, help_text=_("What mends it, and what to do next."))
    by = models.CharField(_("whose move"), max_length=20, choices=_BY, default="support")
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("unknown error")
        verbose_name_plural = _("unknown errors")
        default_permissions = ("view", "change")
        constraints = [models.UniqueConstraint(fields=["area", "digest"], name="unknown_error_once")]
        indexes = [models.Index(fields=["-count", "-last_at"], name="unknown_error_list")]

    def __str__(self) -> str:
        return self.name or self.text or self.code

    @property
    def is_explained(self) -> bool:
        return bool(self.cause and self.remedy)
