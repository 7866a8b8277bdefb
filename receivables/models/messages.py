"""The mirror of talks with the agencies, and what staff keep beside them: who answers, notes, drafts, templates."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.partners.fields import EncryptedTextField
from portal.partners.models import PartnerAccount
from receivables.models.assignment import Assignment

MOST_LETTERS = 5000


class MessageThreadQuerySet(models.QuerySet["MessageThread"]):
    def visible_to(self, user: Any) -> "MessageThreadQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))


class MessageThread(models.Model):
    """One talk between a company and its agency: facts of the Receivables API, but for the last block."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="message_threads", verbose_name=_("company"))
    remote_id = models.CharField(max_length=80)
    assignment_remote_id = models.CharField(max_length=80, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    flagged = models.BooleanField(_("flagged"), default=False)
    unseen = models.PositiveIntegerField(_("unseen"), default=0)
    latest_text = EncryptedTextField(blank=True, default="")  # people write each other's numbers into messages
    latest_sender = models.CharField(max_length=40, blank=True)
    latest_at = models.DateTimeField(_("latest message"), default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    fact_at = models.DateTimeField(default=timezone.now)
    next_check_at = models.DateTimeField(null=True, blank=True)  # its messages are read then

    # What staff decide; nothing of it is told to the agency.
    attached_to = models.CharField(max_length=80, blank=True)  # assignment, where the agency named none
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answers")
    )
    snoozed_until = models.DateTimeField(_("asleep until"), null=True, blank=True)

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    objects = MessageThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("message thread")
        verbose_name_plural = _("message threads")
        constraints = [models.UniqueConstraint(fields=["account", "company", "remote_id"], name="message_thread_once")]
        indexes = [
            models.Index(fields=["account", "-latest_at"], name="message_thread_list"),
            models.Index(fields=["account", "-latest_at"], name="message_thread_flag", condition=Q(flagged=True)),
            models.Index(fields=["account", "-latest_at"], name="message_thread_unseen", condition=Q(unseen__gt=0)),
            # Of those alone that somebody has: with all the others SQLite takes a person's for most of the table.
            models.Index(
                fields=["assignee", "-latest_at"], name="message_thread_mine", condition=Q(assignee__isnull=False)
            ),
            models.Index(
                fields=["account", "snoozed_until"],
                name="message_thread_asleep",
                condition=Q(snoozed_until__isnull=False),
            ),
            models.Index(fields=["company", "assignment_remote_id"], name="message_thread_assignment"),
            models.Index(
                fields=["account", "next_check_at"], name="message_thread_due", condition=Q(next_check_at__isnull=False)
            ),
        ]
        permissions = [("answer_messages", _("Can write to agencies, flag and mark what they write"))]

    def __str__(self) -> str:
        return self.subject or self.remote_id

    @property
    def case_id(self) -> str:
        """Return the assignment it is about: as told, else as staff attached it."""
        return self.assignment_remote_id or self.attached_to

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline its operations belong to."""
        return {"company_uuid": self.company.uuid}

    def assignment(self) -> Assignment | None:
        if not self.case_id:
            return None
        return Assignment.objects.filter(
            account=self.account_id, company=self.company_id, remote_id=self.case_id
        ).first()


class Message(models.Model):
    """One message of a thread: a fact of the Receivables API."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    thread = models.ForeignKey(MessageThread, models.CASCADE, related_name="messages")
    remote_id = models.CharField(max_length=80)
    text = EncryptedTextField(blank=True, default="")
    sender = models.CharField(max_length=40, blank=True)  # company or agency; other words may come
    author = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)
    seen = models.BooleanField(default=False)
    fact_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [models.UniqueConstraint(fields=["account", "thread", "remote_id"], name="message_once")]
        indexes = [models.Index(fields=["thread", "sent_at"], name="message_of_thread")]

    def __str__(self) -> str:
        return str(self.text)[:80]


class ThreadNote(models.Model):
    """What staff tell each other about a thread; the agency never sees it."""

    thread = models.ForeignKey(MessageThread, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = EncryptedTextField(default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.text)[:80]


class MessageDraft(models.Model):
    """
    What one member of staff writes: to a thread, or about an assignment that has none yet.

    Once it is queued it is never queued again: one draft, one message.
    """

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="+")
    thread = models.ForeignKey(MessageThread, models.CASCADE, null=True, blank=True, related_name="drafts")
    case_id = models.CharField(max_length=80, blank=True)  # assignment, where there is no thread
    text = EncryptedTextField(blank=True, default="")
    queued_at = models.DateTimeField(null=True, blank=True)
    # Made of the form and the words when it is queued: a form that comes twice is one message.
    form_key = models.UUIDField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    class Meta:
        verbose_name = _("written message")
        verbose_name_plural = _("written messages")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "thread"], condition=Q(queued_at=None, thread__isnull=False), name="message_draft_once"
            ),
            models.UniqueConstraint(
                fields=["user", "company", "case_id"],
                condition=Q(queued_at=None, thread__isnull=True),
                name="message_draft_case_once",
            ),
            models.UniqueConstraint(fields=["user", "form_key"], name="message_form_once"),
        ]

    def __str__(self) -> str:
        return str(self.thread or self.case_id)

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline its operations belong to."""
        return {"company_uuid": self.company.uuid}


class ReplyTemplate(models.Model):
    """An answer that staff give often. {company}, {number}, {debtor} and {me} are filled in."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="+", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=80)
    text = models.TextField(
        _("text"), max_length=MOST_LETTERS, help_text=_("{company}, {number}, {debtor} and {me} are filled in.")
    )

    class Meta:
        verbose_name = _("answer template")
        verbose_name_plural = _("answer templates")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="reply_template_once")]

    def __str__(self) -> str:
        return self.name
