"""What staff say about companies among themselves; nothing of it goes to AutoInvoice."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.enums import TagColour
from companies.models.company import Company
from portal.partners.models import PartnerAccount


class Note(models.Model):
    """A note by one member of staff on one company."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("note"), max_length=4000)
    is_pinned = models.BooleanField(_("pinned"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [
            models.Index(fields=["company", "-id"], name="note_company"),
            models.Index(fields=["company"], name="note_pinned", condition=models.Q(is_pinned=True)),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class TagQuerySet(models.QuerySet["Tag"]):
    def visible_to(self, user: Any) -> "TagQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))


class Tag(models.Model):
    """A coloured word that staff of one account put on companies."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="tags", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=40)
    colour = models.CharField(_("colour"), max_length=10, choices=TagColour, default=TagColour.GREY)
    companies = models.ManyToManyField(Company, blank=True, related_name="tags", verbose_name=_("companies"))

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="tag_account_name")]
        permissions = [("tag_company", "Can put tags on companies")]

    def __str__(self) -> str:
        return self.name
