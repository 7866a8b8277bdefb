"""Requests to remove a person's data: who asked why, what was found, and what became of it; without the data itself."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.partners.fields import EncryptedTextField


class RequestState(models.TextChoices):
    SEARCHING = "SEARCHING", _("Searching")
    FOUND = "FOUND", _("To be decided")
    REMOVING = "REMOVING", _("Removing")
    DONE = "DONE", _("Done")
    DROPPED = "DROPPED", _("Dropped")


WORKING_STATES = (RequestState.SEARCHING, RequestState.REMOVING)


class PersonRequest(models.Model):
    """One request about one person. Whom it is about is kept encrypted until it ends, and forgotten then."""

    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.SEARCHING)
    reference = models.CharField(_("reference"), max_length=200)  # of the request: a ticket, a letter
    wanted = EncryptedTextField(blank=True, default="")  # JSON of `persons.Person`; "" when it has ended
    given = models.JSONField(_("searched by"), default=list)  # "name", "email", "number"
    accounts = models.JSONField(default=list)  # ids: what whoever asked may see
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    started_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    places = models.JSONField(default=list)  # that have been searched
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], name="person_request_working", condition=models.Q(state__in=WORKING_STATES))
        ]
        permissions = [("remove_person", _("Can search for a person's data and have it removed"))]

    def __str__(self) -> str:
        return self.reference


class Outcome(models.TextChoices):
    CAN_GO = "CAN_GO", _("Can go")
    STAYS = "STAYS", _("Stays")
    GONE = "GONE", _("Removed")


class PersonFinding(models.Model):
    """One row that names the person, and what becomes of it."""

    request = models.ForeignKey(PersonRequest, models.CASCADE, related_name="findings")
    place = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    why = models.CharField(max_length=300, blank=True)  # it stays
    url = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("finding of a request")
        verbose_name_plural = _("findings of requests")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["request", "place", "row_id"], name="person_finding_once")]
        indexes = [
            models.Index(fields=["request", "id"], name="person_finding_open", condition=models.Q(outcome="CAN_GO"))
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.row_id}"
