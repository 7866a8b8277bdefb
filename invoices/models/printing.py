"""Mass printing in Finland: a company's account there, and the letters that it had printed."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.partners.fields import EncryptedTextField
from portal.partners.models import PartnerAccount


class PrintAccount(models.Model):
    """A company's registration. The password is made by us and kept encrypted: printing itself works by our keys."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.OneToOneField(Company, models.PROTECT, related_name="printing", verbose_name=_("company"))
    email = models.EmailField(_("user name"))
    password = EncryptedTextField(blank=True, default="")
    test_mode = models.BooleanField(_("test mode"), default=True)  # nothing is printed
    notify = models.BooleanField(_("mail when printed"), default=True)
    registered_at = models.DateTimeField(_("registered"), null=True, blank=True)
    was_there = models.BooleanField(default=False)  # registered by somebody else before: the password is not ours
    created_at = models.DateTimeField(default=timezone.now)

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    class Meta:
        verbose_name = _("printing account")
        verbose_name_plural = _("printing accounts")
        permissions = [("register_printing", _("Can register companies for mass printing"))]

    def __str__(self) -> str:
        return str(self.company)


class PrintJob(models.Model):
    """A ZIP of letters under a file name of ours, and what the service says of it."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="print_jobs", verbose_name=_("company"))
    uuid = models.UUIDField()  # follows from company, content, type and copy number: the file name there
    copy = models.PositiveSmallIntegerField(default=0)
    content_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)  # of the stored ZIP
    size = models.PositiveBigIntegerField()
    name = models.CharField(_("letters"), max_length=255)
    letters = models.PositiveIntegerField(_("number of letters"))
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)  # None: EPL tells nothing
    document_type = models.CharField(_("type"), max_length=10)
    letter_class = models.CharField(_("class"), max_length=10)
    color_print = models.BooleanField(_("colour"), default=False)
    duplex = models.BooleanField(_("both sides"), default=False)
    license_key = models.CharField(max_length=255, blank=True)
    license_meta = models.TextField(blank=True)
    test_mode = models.BooleanField(_("test mode"), default=False)  # as far as we knew when it was sent
    number = models.CharField(_("number there"), max_length=60, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    status_text = models.CharField(_("the service says"), max_length=500, blank=True)
    fact_at = models.DateTimeField(default=timezone.now)
    next_check_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("given"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    class Meta:
        verbose_name = _("print job")
        verbose_name_plural = _("print jobs")
        constraints = [models.UniqueConstraint(fields=["account", "uuid"], name="print_job_once")]
        indexes = [
            models.Index(fields=["account", "created_at", "id"], name="print_job_in_list"),
            models.Index(fields=["company", "-created_at"], name="print_job_company"),
            models.Index(
                fields=["account", "next_check_at"],
                name="print_job_due",
                condition=models.Q(next_check_at__isnull=False),
            ),
        ]
        permissions = [("send_letters", _("Can have letters printed"))]

    def __str__(self) -> str:
        return self.name

    @property
    def filename(self) -> str:
        return f"{self.uuid}.zip"
