import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import portal.partners.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("companies", "0001_initial"),
        ("operations", "0001_initial"),
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandOverTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partneraccount",
                        verbose_name="account",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_over_targets",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "way",
                    models.CharField(
                        choices=[("FOLDER", "Folder"), ("WEBHOOK", "Webhook")], max_length=10, verbose_name="way"
                    ),
                ),
                ("folder", models.CharField(blank=True, max_length=200, verbose_name="folder")),
                ("url", models.CharField(blank=True, max_length=500, verbose_name="address")),
                ("secret", portal.partners.fields.EncryptedTextField(blank=True, default="", verbose_name="secret")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "hand-over target",
                "verbose_name_plural": "hand-over targets",
                "indexes": [models.Index(fields=["account", "company"], name="hand_over_target_of")],
                "constraints": [models.UniqueConstraint(fields=("account", "name"), name="hand_over_target_name")],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("business_id", models.CharField(blank=True, max_length=40, verbose_name="business id")),
                ("business_id_digest", models.CharField(blank=True, db_index=True, max_length=64)),
                ("business_id_secret", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("uuid", models.UUIDField(verbose_name="invoice UUID")),
                (
                    "direction",
                    models.CharField(
                        choices=[("SENT", "Sent"), ("RECEIVED", "Received")], max_length=8, verbose_name="direction"
                    ),
                ),
                ("status", models.CharField(default="PENDING", max_length=30, verbose_name="status")),
                ("number", models.CharField(blank=True, max_length=100, verbose_name="number")),
                ("reference", models.CharField(blank=True, max_length=200, verbose_name="reference")),
                ("counterparty_name", models.CharField(blank=True, max_length=300, verbose_name="counterparty")),
                ("counterparty_country", models.CharField(blank=True, max_length=10, verbose_name="country")),
                (
                    "counterparty_address",
                    models.CharField(blank=True, max_length=150, verbose_name="e-invoice address"),
                ),
                ("counterparty_operator", models.CharField(blank=True, max_length=150, verbose_name="operator")),
                ("invoice_date", models.DateField(blank=True, null=True, verbose_name="invoice date")),
                ("due_date", models.DateField(blank=True, null=True, verbose_name="due date")),
                (
                    "sum_amount",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="without tax"
                    ),
                ),
                (
                    "total_amount",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="with tax"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=10, verbose_name="currency")),
                ("source_format", models.CharField(blank=True, max_length=60, verbose_name="format")),
                ("destination", models.CharField(blank=True, max_length=100, verbose_name="route")),
                ("origin", models.CharField(blank=True, max_length=40, verbose_name="origin")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                ("received_at", models.DateTimeField(blank=True, null=True, verbose_name="received")),
                ("error_code", models.CharField(blank=True, max_length=80, verbose_name="error code")),
                ("error_text", models.TextField(blank=True, verbose_name="error text")),
                ("remedy_key", models.CharField(blank=True, max_length=60, verbose_name="cause")),
                ("remedy_by", models.CharField(blank=True, max_length=20, verbose_name="whose move")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered")),
                ("rerouted_at", models.DateTimeField(blank=True, null=True)),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="as of")),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("files_at", models.DateTimeField(blank=True, null=True)),
                (
                    "files_problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("storage", "The storage takes nothing"),
                            ("incomplete", "AutoInvoice does not give all of it"),
                        ],
                        max_length=20,
                        verbose_name="not saved because",
                    ),
                ),
                ("files_problem_text", models.CharField(blank=True, max_length=300)),
                ("files_tries", models.PositiveSmallIntegerField(default=0)),
                ("files_missing", models.JSONField(blank=True, default=list)),
                ("files_changed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "permissions": [
                    ("send_invoice", "Can send invoices"),
                    ("handle_invoice", "Can mark received invoices as handled"),
                    ("reroute_invoice", "Can send failed invoices another way"),
                    ("choose_receiving", "Can choose in which forms received invoices are kept"),
                ],
                "indexes": [
                    models.Index(fields=["account", "direction", "created_at", "id"], name="invoice_in_list"),
                    models.Index(
                        fields=["account", "direction", "status", "created_at", "id"], name="invoice_in_status"
                    ),
                    models.Index(fields=["account", "status", "created_at", "id"], name="invoice_in_failed"),
                    models.Index(fields=["company", "direction", "created_at", "id"], name="invoice_of_company"),
                    models.Index(
                        condition=models.Q(("due_date__isnull", False)),
                        fields=["account", "direction", "due_date", "id"],
                        name="invoice_in_due",
                    ),
                    models.Index(fields=["company", "number"], name="invoice_number_of"),
                    models.Index(fields=["number"], name="invoice_number"),
                    models.Index(fields=["uuid"], name="invoice_uuid"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="invoice_due",
                    ),
                    models.Index(
                        condition=models.Q(("files_problem", ""), _negated=True),
                        fields=["account", "files_problem"],
                        name="invoice_unsaved",
                    ),
                    models.Index(
                        condition=models.Q(("files_changed_at__isnull", False)),
                        fields=["account"],
                        name="invoice_changed",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("account", "company", "uuid"), name="invoice_once")],
            },
        ),
        migrations.CreateModel(
            name="PrintAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="printing",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="user name")),
                ("password", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                ("test_mode", models.BooleanField(default=True, verbose_name="test mode")),
                ("notify", models.BooleanField(default=True, verbose_name="mail when printed")),
                ("registered_at", models.DateTimeField(blank=True, null=True, verbose_name="registered")),
                ("was_there", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "printing account",
                "verbose_name_plural": "printing accounts",
                "permissions": [("register_printing", "Can register companies for mass printing")],
            },
        ),
        migrations.CreateModel(
            name="PrintJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="print_jobs",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("uuid", models.UUIDField()),
                ("copy", models.PositiveSmallIntegerField(default=0)),
                ("content_sha256", models.CharField(max_length=64)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("name", models.CharField(max_length=255, verbose_name="letters")),
                ("letters", models.PositiveIntegerField(verbose_name="number of letters")),
                ("pages", models.PositiveIntegerField(blank=True, null=True, verbose_name="pages")),
                ("document_type", models.CharField(max_length=10, verbose_name="type")),
                ("letter_class", models.CharField(max_length=10, verbose_name="class")),
                ("color_print", models.BooleanField(default=False, verbose_name="colour")),
                ("duplex", models.BooleanField(default=False, verbose_name="both sides")),
                ("license_key", models.CharField(blank=True, max_length=255)),
                ("license_meta", models.TextField(blank=True)),
                ("test_mode", models.BooleanField(default=False, verbose_name="test mode")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="number there")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("status_text", models.CharField(blank=True, max_length=500, verbose_name="the service says")),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="given")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "print job",
                "verbose_name_plural": "print jobs",
                "permissions": [("send_letters", "Can have letters printed")],
                "indexes": [
                    models.Index(fields=["account", "created_at", "id"], name="print_job_in_list"),
                    models.Index(fields=["company", "-created_at"], name="print_job_company"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="print_job_due",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("account", "uuid"), name="print_job_once")],
            },
        ),
        migrations.CreateModel(
            name="ReceivingChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receiving_choice",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("xml", models.JSONField(default=list)),
                ("images", models.JSONField(default=list)),
                ("attachments", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "choice of received files",
                "verbose_name_plural": "choices of received files",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("company", None)), fields=("account",), name="receiving_choice_account_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SendingDefaults",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sending_defaults",
                        to="companies.company",
                    ),
                ),
                ("options", models.JSONField(default=dict)),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "sending defaults",
                "verbose_name_plural": "sending defaults",
            },
        ),
        migrations.CreateModel(
            name="SettledFailure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partneraccount"
                    ),
                ),
                ("uuid", models.UUIDField()),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "settled failure",
                "verbose_name_plural": "settled failures",
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("account", "uuid"), name="settled_failure_once")],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("uuid", models.UUIDField(verbose_name="invoice UUID")),
                ("copy", models.PositiveSmallIntegerField(default=0, verbose_name="copy")),
                ("content_sha256", models.CharField(max_length=64)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("name", models.CharField(max_length=255, verbose_name="file")),
                ("format", models.CharField(blank=True, max_length=60, verbose_name="format")),
                ("number", models.CharField(blank=True, max_length=100, verbose_name="number")),
                ("receiver", models.CharField(blank=True, max_length=300, verbose_name="receiver")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="given")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("replaces", models.UUIDField(blank=True, db_index=True, null=True)),
                ("changes", models.JSONField(blank=True, default=list)),
                ("refused_at", models.DateTimeField(blank=True, null=True, verbose_name="refused")),
                ("error_code", models.CharField(blank=True, max_length=80, verbose_name="error code")),
                ("error_text", models.TextField(blank=True, verbose_name="error text")),
                ("remedy_key", models.CharField(blank=True, max_length=60, verbose_name="cause")),
                ("remedy_by", models.CharField(blank=True, max_length=20, verbose_name="whose move")),
            ],
            options={
                "verbose_name": "file to send",
                "verbose_name_plural": "files to send",
                "indexes": [
                    models.Index(fields=["account", "created_at", "id"], name="upload_in_list"),
                    models.Index(fields=["company", "content_sha256"], name="upload_content"),
                    models.Index(fields=["sha256"], name="upload_bytes"),
                    models.Index(
                        condition=models.Q(("refused_at__isnull", False)),
                        fields=["account", "refused_at", "id"],
                        name="upload_in_refused",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("account", "uuid"), name="upload_once")],
            },
        ),
        migrations.CreateModel(
            name="BankMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_messages",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("uuid", models.UUIDField()),
                (
                    "direction",
                    models.CharField(
                        choices=[("SENT", "Sent"), ("RECEIVED", "Received")], max_length=8, verbose_name="direction"
                    ),
                ),
                ("kind", models.CharField(max_length=30, verbose_name="kind")),
                ("remote_id", models.CharField(blank=True, max_length=64)),
                ("status", models.CharField(blank=True, max_length=30, verbose_name="status")),
                ("error_text", models.TextField(blank=True, verbose_name="error text")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "bank message",
                "verbose_name_plural": "bank messages",
                "permissions": [("send_bank_message", "Can send Finnish bank messages")],
                "indexes": [
                    models.Index(fields=["company", "-created_at"], name="bank_message_company"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="bank_message_due",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("account", "uuid"), name="bank_message_once")],
            },
        ),
        migrations.CreateModel(
            name="DetectAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="detect_acceptances",
                        to="companies.company",
                    ),
                ),
                ("checks", models.JSONField(default=list)),
                ("accepted_by", models.CharField(max_length=200, verbose_name="who accepted, at the customer")),
                ("text", models.TextField(verbose_name="text that was shown")),
                (
                    "noted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("accepted_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
            ],
            options={
                "verbose_name": "acceptance of the Detect disclaimer",
                "verbose_name_plural": "acceptances of the Detect disclaimer",
                "ordering": ["-accepted_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="DetectSetting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="detect", to="companies.company"
                    ),
                ),
                ("checks", models.JSONField(default=list)),
                ("fact_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "Detect setting",
                "verbose_name_plural": "Detect settings",
            },
        ),
        migrations.CreateModel(
            name="Drop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("GIVING", "Coming in"), ("READING", "Being read"), ("READ", "Read")],
                        default="GIVING",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("given", models.JSONField(default=list)),
                ("walked", models.PositiveIntegerField(default=0)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="operations.batch",
                    ),
                ),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="given")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "files given together",
                "verbose_name_plural": "files given together",
                "indexes": [
                    models.Index(fields=["account", "-created_at"], name="drop_list"),
                    models.Index(condition=models.Q(("state", "READING")), fields=["created_at"], name="drop_reading"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DropFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "drop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="invoices.drop"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("path", models.CharField(max_length=500, verbose_name="file")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("READY", "Can be sent"),
                            ("SAME", "Same as before"),
                            ("UNCLEAR", "Sender not clear"),
                            ("UNREADABLE", "Cannot be sent"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("remedy", models.TextField(blank=True)),
                ("concerns", models.JSONField(default=list)),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="invoices.upload",
                    ),
                ),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("sender_key", models.CharField(blank=True, max_length=64)),
                ("sender", models.CharField(blank=True, max_length=300, verbose_name="sender")),
                ("receiver", models.CharField(blank=True, max_length=300, verbose_name="receiver")),
                ("document_number", models.CharField(blank=True, max_length=100, verbose_name="number")),
                ("kind", models.CharField(blank=True, max_length=30)),
                (
                    "total",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=18, null=True, verbose_name="with tax"
                    ),
                ),
                ("currency", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "verbose_name": "file given",
                "verbose_name_plural": "files given",
                "ordering": ["number"],
                "indexes": [models.Index(fields=["drop", "outcome", "number"], name="dropfile_outcome")],
                "constraints": [models.UniqueConstraint(fields=("drop", "number"), name="dropfile_once")],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partneraccount",
                        verbose_name="account",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="invoices.invoice",
                        verbose_name="invoice",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("check_name", models.CharField(max_length=60, verbose_name="check")),
                ("run_status", models.CharField(blank=True, max_length=40)),
                ("result", models.CharField(blank=True, max_length=40, verbose_name="result")),
                ("reason_code", models.CharField(blank=True, max_length=120, verbose_name="reason")),
                ("names", models.JSONField(default=dict)),
                ("texts", models.JSONField(default=dict)),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Nothing"), (1, "Note"), (2, "Check it"), (3, "Stop")], verbose_name="severity"
                    ),
                ),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="found")),
                ("seen_at", models.DateTimeField(blank=True, null=True, verbose_name="looked at")),
                (
                    "seen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "Detect finding",
                "verbose_name_plural": "Detect findings",
                "ordering": ["-severity", "check_name", "position"],
                "permissions": [
                    ("manage_detect", "Can switch Detect checks on and off"),
                    ("rerun_detect", "Can run Detect checks again"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_at", None), ("severity__gte", 1)),
                        fields=["account", "-severity", "-id"],
                        name="finding_open",
                    ),
                    models.Index(fields=["account", "-severity", "-id"], name="finding_list"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "check_name", "position"), name="finding_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FraudReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partneraccount",
                        verbose_name="account",
                    ),
                ),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fraud_report",
                        to="invoices.invoice",
                        verbose_name="invoice",
                    ),
                ),
                ("remote_id", models.CharField(max_length=100)),
                ("reasons", models.JSONField(default=list, verbose_name="reasons")),
                ("names", models.JSONField(default=dict)),
                ("contact_email", models.CharField(blank=True, max_length=254, verbose_name="contact e-mail")),
                ("explanation", models.TextField(blank=True, verbose_name="explanation")),
                ("reported_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="reported")),
                (
                    "reported_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
            ],
            options={
                "verbose_name": "fraud report",
                "verbose_name_plural": "fraud reports",
                "permissions": [("report_fraud", "Can report fraud on received invoices, and withdraw reports")],
                "indexes": [models.Index(fields=["account", "-id"], name="fraud_report_list")],
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="partners.partneraccount",
                        verbose_name="account",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoices.handovertarget",
                        verbose_name="target",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_overs",
                        to="invoices.invoice",
                        verbose_name="invoice",
                    ),
                ),
                (
                    "key",
                    models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="idempotency key"),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="since")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="handed over")),
            ],
            options={
                "verbose_name": "hand-over",
                "verbose_name_plural": "hand-overs",
                "permissions": [("hand_over", "Can hand received invoices over to customers' systems")],
                "indexes": [
                    models.Index(fields=["account", "-id"], name="hand_over_list"),
                    models.Index(condition=models.Q(("done_at", None)), fields=["account"], name="hand_over_open"),
                ],
                "constraints": [models.UniqueConstraint(fields=("target", "invoice"), name="hand_over_once")],
            },
        ),
        migrations.CreateModel(
            name="InvoiceAction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="actions", to="invoices.invoice"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                ("type", models.CharField(max_length=40)),
                ("key", models.CharField(blank=True, max_length=80)),
                ("channel", models.CharField(blank=True, max_length=40)),
                ("message", models.TextField(blank=True)),
                ("details", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name": "invoice action",
                "verbose_name_plural": "invoice actions",
                "ordering": ["position"],
                "constraints": [models.UniqueConstraint(fields=("invoice", "position"), name="invoice_action_once")],
            },
        ),
        migrations.CreateModel(
            name="InvoiceFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="invoices.invoice"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("ORIGINAL", "Invoice file"), ("IMAGE", "Image"), ("ATTACHMENT", "Attachment")],
                        max_length=10,
                    ),
                ),
                ("remote_id", models.CharField(blank=True, max_length=100)),
                ("name", models.CharField(max_length=255)),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("stored_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "invoice file",
                "verbose_name_plural": "invoice files",
                "ordering": ["kind", "name"],
                "indexes": [models.Index(fields=["sha256"], name="invoice_file_bytes")],
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "kind", "remote_id"), name="invoice_file_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Analysis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="analysis", to="invoices.invoice"
                    ),
                ),
                ("is_pending", models.BooleanField(default=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("problem", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "verbose_name": "Detect analysis",
                "verbose_name_plural": "Detect analyses",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="analysis_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="document_drafts",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("uuid", models.UUIDField()),
                ("type", models.CharField(max_length=60, verbose_name="type")),
                ("name", models.CharField(max_length=255, verbose_name="file")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("attachments", models.JSONField(default=list)),
                ("number", models.CharField(blank=True, max_length=200, verbose_name="number")),
                ("receiver", models.CharField(blank=True, max_length=300, verbose_name="receiver")),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="answers",
                        to="invoices.invoice",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="given")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "document to send",
                "verbose_name_plural": "documents to send",
                "indexes": [models.Index(fields=["company", "-created_at"], name="document_draft_company")],
                "constraints": [models.UniqueConstraint(fields=("account", "uuid"), name="document_draft_once")],
            },
        ),
        migrations.CreateModel(
            name="FailedInvoice",
            fields=[],
            options={
                "verbose_name": "failed invoice",
                "verbose_name_plural": "failed invoices",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("invoices.invoice",),
        ),
        migrations.CreateModel(
            name="ReceivedInvoice",
            fields=[],
            options={
                "verbose_name": "received invoice",
                "verbose_name_plural": "received invoices",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("invoices.invoice",),
        ),
        migrations.CreateModel(
            name="SentInvoice",
            fields=[],
            options={
                "verbose_name": "sent invoice",
                "verbose_name_plural": "sent invoices",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("invoices.invoice",),
        ),
        migrations.CreateModel(
            name="RefusedUpload",
            fields=[],
            options={
                "verbose_name": "refused file",
                "verbose_name_plural": "refused files",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("invoices.upload",),
        ),
        migrations.CreateModel(
            name="EarlierFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="earlier", to="invoices.invoicefile"
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("stored_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "earlier file",
                "verbose_name_plural": "earlier files",
                "ordering": ["-replaced_at", "-id"],
                "indexes": [models.Index(fields=["sha256"], name="earlier_file_bytes")],
            },
        ),
        migrations.CreateModel(
            name="BusinessDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("business_id", models.CharField(blank=True, max_length=40, verbose_name="business id")),
                ("business_id_digest", models.CharField(blank=True, db_index=True, max_length=64)),
                ("business_id_secret", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("remote_id", models.CharField(max_length=64, verbose_name="document id")),
                (
                    "direction",
                    models.CharField(
                        choices=[("SENT", "Sent"), ("RECEIVED", "Received")], max_length=8, verbose_name="direction"
                    ),
                ),
                ("type", models.CharField(max_length=60, verbose_name="type")),
                ("status", models.CharField(max_length=30, verbose_name="status")),
                ("number", models.CharField(blank=True, max_length=200, verbose_name="number")),
                ("reference", models.CharField(blank=True, max_length=200, verbose_name="reference")),
                ("counterparty_name", models.CharField(blank=True, max_length=300, verbose_name="counterparty")),
                ("counterparty_country", models.CharField(blank=True, max_length=10, verbose_name="country")),
                ("counterparty_address", models.CharField(blank=True, max_length=150, verbose_name="address")),
                ("counterparty_operator", models.CharField(blank=True, max_length=150, verbose_name="operator")),
                ("document_identifier", models.CharField(blank=True, max_length=500)),
                ("process_identifier", models.CharField(blank=True, max_length=500)),
                ("source_format", models.CharField(blank=True, max_length=60, verbose_name="format")),
                ("transmission_id", models.CharField(blank=True, max_length=200, verbose_name="transmission id")),
                ("external_id", models.CharField(blank=True, max_length=200)),
                ("network", models.CharField(blank=True, max_length=60, verbose_name="network")),
                ("origin", models.CharField(blank=True, max_length=60, verbose_name="origin")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered")),
                ("received_at", models.DateTimeField(blank=True, null=True, verbose_name="received")),
                ("error_text", models.TextField(blank=True, verbose_name="error text")),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="responses",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="documents",
                        to="invoices.documentdraft",
                    ),
                ),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="as of")),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("files_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "permissions": [
                    ("send_document", "Can send business documents"),
                    ("confirm_document", "Can confirm the delivery of received documents"),
                    ("respond_to_invoice", "Can answer received invoices"),
                ],
                "indexes": [
                    models.Index(fields=["account", "direction", "created_at", "id"], name="document_in_list"),
                    models.Index(fields=["account", "direction", "type", "-created_at"], name="document_type"),
                    models.Index(fields=["company", "-created_at"], name="document_company"),
                    models.Index(fields=["account", "transmission_id"], name="document_transmission"),
                    models.Index(fields=["number"], name="document_number"),
                    models.Index(fields=["remote_id"], name="document_remote_id"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="document_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "company", "remote_id"), name="document_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceivedDocument",
            fields=[],
            options={
                "verbose_name": "received document",
                "verbose_name_plural": "received documents",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("invoices.businessdocument",),
        ),
        migrations.CreateModel(
            name="SentDocument",
            fields=[],
            options={
                "verbose_name": "sent document",
                "verbose_name_plural": "sent documents",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("invoices.businessdocument",),
        ),
        migrations.CreateModel(
            name="DocumentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="invoices.businessdocument",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("code", models.CharField(blank=True, max_length=80)),
                ("message", models.TextField(blank=True)),
                ("details", models.TextField(blank=True)),
                ("happened_at", models.DateTimeField(verbose_name="when")),
            ],
            options={
                "verbose_name": "document event",
                "verbose_name_plural": "document events",
                "ordering": ["position"],
                "constraints": [models.UniqueConstraint(fields=("document", "position"), name="document_event_once")],
            },
        ),
        migrations.CreateModel(
            name="DocumentFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="invoices.businessdocument",
                    ),
                ),
                ("remote_id", models.CharField(max_length=100)),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("name", models.CharField(max_length=255)),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("stored_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "document file",
                "verbose_name_plural": "document files",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["sha256"], name="document_file_bytes")],
                "constraints": [models.UniqueConstraint(fields=("document", "remote_id"), name="document_file_once")],
            },
        ),
    ]
