"""Invoices as AutoInvoice has them, and the steps of their way: mirrors."""

from datetime import datetime, timedelta

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import BusinessIdColumns, Company
from invoices.enums import Direction, SavingProblem, Status
from invoices.receiving.return_formats import USUAL
from portal.partners.models import PartnerAccount

STUCK_AFTER = timedelta(hours=24)  # banks hand over once a day
_SENT, _PENDING, _FAILED = (
    models.Q(direction=Direction.SENT),
    models.Q(status=Status.PENDING),
    models.Q(status=Status.FAILED),
)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def sent(self) -> "InvoiceQuerySet":
        return self.filter(direction=Direction.SENT)

    def received(self) -> "InvoiceQuerySet":
        return self.filter(direction=Direction.RECEIVED)

    def failed(self) -> "InvoiceQuerySet":
        return self.filter(status=Status.FAILED)

    def failed_after_delivery(self) -> "InvoiceQuerySet":
        """Return those whose sender may believe that they arrived."""
        return self.failed().filter(delivered_at__isnull=False)

    def stuck(self) -> "InvoiceQuerySet":
        """Return the sent ones that have been on their way for longer than any route takes."""
        since = timezone.now() - STUCK_AFTER
        waiting = models.Q(rerouted_at__isnull=True, created_at__lt=since) | models.Q(rerouted_at__lt=since)
        return self.sent().filter(waiting, status=Status.PENDING)

    def due(self) -> "InvoiceQuerySet":
        """Return the rows that want a look at AutoInvoice now."""
        return self.filter(next_check_at__lte=timezone.now())


class Invoice(BusinessIdColumns):
    """One invoice of one company, sent or received: AutoInvoice's facts, never edited by hand."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="invoices", verbose_name=_("company"))
    uuid = models.UUIDField(_("invoice UUID"))
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    status = models.CharField(_("status"), max_length=30, default=Status.PENDING)  # no choices: new words may come
    number = models.CharField(_("number"), max_length=100, blank=True)
    reference = models.CharField(_("reference"), max_length=200, blank=True)

    # The other party, whose are the business id columns too: the receiver of a sent one, the sender of a received one.
    counterparty_name = models.CharField(_("counterparty"), max_length=300, blank=True)
    counterparty_country = models.CharField(_("country"), max_length=10, blank=True)
    counterparty_address = models.CharField(_("e-invoice address"), max_length=150, blank=True)
    counterparty_operator = models.CharField(_("operator"), max_length=150, blank=True)
    invoice_date = models.DateField(_("invoice date"), null=True, blank=True)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    sum_amount = models.DecimalField(_("without tax"), max_digits=18, decimal_places=4, null=True, blank=True)
    total_amount = models.DecimalField(_("with tax"), max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=10, blank=True)
    source_format = models.CharField(_("format"), max_length=60, blank=True)
    destination = models.CharField(_("route"), max_length=100, blank=True)
    origin = models.CharField(_("origin"), max_length=40, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)  # at AutoInvoice
    received_at = models.DateTimeField(_("received"), null=True, blank=True)

    error_code = models.CharField(_("error code"), max_length=80, blank=True)  # the failing action's key
    error_text = models.TextField(_("error text"), blank=True)  # AutoInvoice's own words
    remedy_key = models.CharField(
        _("cause"), max_length=60, blank=True
    )  # entry of invoices.remedies; "" = not known to us
    remedy_by = models.CharField(_("whose move"), max_length=20, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)  # even if it failed afterwards
    rerouted_at = models.DateTimeField(null=True, blank=True)  # by us, the last time
    handled_at = models.DateTimeField(null=True, blank=True)  # a received one was marked as handled at AutoInvoice

    fact_at = models.DateTimeField(
        _("as of"), default=timezone.now
    )  # when the status was true; older never overwrites newer
    checked_at = models.DateTimeField(null=True, blank=True)  # last look at AutoInvoice
    next_check_at = models.DateTimeField(null=True, blank=True)  # None: nothing is awaited
    files_at = models.DateTimeField(null=True, blank=True)  # when its files were fetched
    files_problem = models.CharField(_("not saved because"), max_length=20, blank=True, choices=SavingProblem)
    files_problem_text = models.CharField(max_length=300, blank=True)
    files_tries = models.PositiveSmallIntegerField(default=0)  # that ended in a problem, one after another
    files_missing = models.JSONField(default=list, blank=True)  # what AutoInvoice does not give: [{"form", "text"}]
    files_changed_at = models.DateTimeField(null=True, blank=True)  # a file changed under its id; None: none, or seen

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    wants_another_look = False  # of a row in hand: something newer was told while it was looked at
    wanted = USUAL  # of a row in hand: the files that its company wants

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [models.UniqueConstraint(fields=["account", "company", "uuid"], name="invoice_once")]
        indexes = [
            # Ascending: read backwards, they carry "newest first" to the last column on both databases.
            models.Index(fields=["account", "direction", "created_at", "id"], name="invoice_in_list"),
            models.Index(fields=["account", "direction", "status", "created_at", "id"], name="invoice_in_status"),
            models.Index(fields=["account", "status", "created_at", "id"], name="invoice_in_failed"),
            # What the dashboard counts, and its oldest failures: few of many rows.
            models.Index(
                fields=["account", "created_at", "rerouted_at"], name="invoice_moving", condition=_SENT & _PENDING
            ),
            models.Index(fields=["account", "fact_at", "id"], name="invoice_failed_at", condition=_SENT & _FAILED),
            models.Index(
                # SQLite takes it for its fields; for its condition alone it prefers `invoice_in_status`.
                fields=["account", "direction", "status", "created_at", "id"],
                name="invoice_returned",
                condition=_SENT & _FAILED & models.Q(delivered_at__isnull=False),
            ),
            models.Index(fields=["company", "direction", "created_at", "id"], name="invoice_of_company"),
            models.Index(
                fields=["account", "direction", "due_date", "id"],
                name="invoice_in_due",
                condition=models.Q(due_date__isnull=False),
            ),
            models.Index(fields=["company", "number"], name="invoice_number_of"),
            models.Index(fields=["number"], name="invoice_number"),
            models.Index(fields=["uuid"], name="invoice_uuid"),
            models.Index(
                fields=["account", "next_check_at"], name="invoice_due", condition=models.Q(next_check_at__isnull=False)
            ),
            models.Index(
                fields=["account", "direction", "files_problem"],
                name="invoice_unsaved",
                condition=~models.Q(files_problem=""),
            ),
            models.Index(
                fields=["account", "direction"],
                name="invoice_changed",
                condition=models.Q(files_changed_at__isnull=False),
            ),
        ]
        permissions = [
            ("send_invoice", _("Can send invoices")),
            ("handle_invoice", _("Can mark received invoices as handled")),
            ("reroute_invoice", _("Can send failed invoices another way")),
            ("choose_receiving", _("Can choose in which forms received invoices are kept")),
        ]

    def __str__(self) -> str:
        return self.number or str(self.uuid)

    @property
    def moving_since(self) -> datetime:
        """Return when it was last sent on its way."""
        return self.rerouted_at or self.created_at

    @property
    def is_stuck(self) -> bool:
        """Tell of one row what `stuck()` finds."""
        is_moving = self.direction == Direction.SENT and self.status == Status.PENDING
        return is_moving and self.moving_since < timezone.now() - STUCK_AFTER

    @property
    def failed_after_delivery(self) -> bool:
        return self.status == Status.FAILED and self.delivered_at is not None


class SentInvoice(Invoice):
    """The list of sent invoices."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("sent invoice")
        verbose_name_plural = _("sent invoices")


class ReceivedInvoice(Invoice):
    """The list of received invoices."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("received invoice")
        verbose_name_plural = _("received invoices")


class FailedInvoice(Invoice):
    """The list of failed invoices."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("failed invoice")
        verbose_name_plural = _("failed invoices")


class InvoiceAction(models.Model):
    """One step of an invoice's way, as AutoInvoice lists it."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="actions")
    position = models.PositiveSmallIntegerField()  # in AutoInvoice's list; times may be equal
    happened_at = models.DateTimeField(_("when"))
    type = models.CharField(max_length=40)
    key = models.CharField(max_length=80, blank=True)  # what the step is; the message is for people
    channel = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True)  # of the channel, as AutoInvoice tells them

    class Meta:
        verbose_name = _("invoice action")
        verbose_name_plural = _("invoice actions")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="invoice_action_once")]

    def __str__(self) -> str:
        return self.key or self.type
