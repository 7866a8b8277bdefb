import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import portal.partners.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("operations", "0001_initial"),
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ColumnMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partneraccount"
                    ),
                ),
                ("header_digest", models.CharField(max_length=64)),
                ("columns", models.JSONField(default=dict)),
                ("for_all", models.JSONField(blank=True, default=dict)),
                ("used_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="used")),
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
                "verbose_name": "column mapping",
                "verbose_name_plural": "column mappings",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "header_digest"), name="columnmapping_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("business_id", models.CharField(blank=True, max_length=40, verbose_name="business id")),
                ("business_id_digest", models.CharField(blank=True, db_index=True, max_length=64)),
                ("business_id_secret", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="companies",
                        to="partners.partneraccount",
                    ),
                ),
                ("uuid", models.UUIDField(verbose_name="AutoInvoice id")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("state", models.CharField(blank=True, max_length=40, verbose_name="state")),
                ("state_at", models.DateTimeField(blank=True, null=True)),
                ("auth_state", models.CharField(blank=True, max_length=40, verbose_name="authorization")),
                ("auth_email", models.CharField(blank=True, max_length=254, verbose_name="signer's e-mail")),
                ("auth_at", models.DateTimeField(blank=True, null=True)),
                ("auth_requested_at", models.DateTimeField(blank=True, null=True)),
                ("vendor_state", models.CharField(blank=True, max_length=40, verbose_name="link to our software")),
                ("vendor_at", models.DateTimeField(blank=True, null=True)),
                ("settings", models.JSONField(blank=True, default=dict)),
                ("settings_at", models.DateTimeField(blank=True, null=True)),
                ("kept_active_at", models.DateTimeField(blank=True, null=True)),
                ("active_at", models.DateTimeField(blank=True, null=True, verbose_name="last active")),
                ("disabled", models.BooleanField(default=False, verbose_name="closed by AutoInvoice")),
                ("listed_at", models.DateTimeField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "company",
                "verbose_name_plural": "companies",
                "permissions": [
                    ("authorize_company", "Can request authorization of a company"),
                    ("activate_network", "Can activate and close networks"),
                    ("refresh_company", "Can look a company up at AutoInvoice"),
                    ("keep_company_active", "Can keep a company active"),
                    ("link_company", "Can link a company to our software"),
                    ("unlink_company", "Can unlink a company from our software"),
                    ("manage_company_users", "Can add and remove a company's users"),
                    ("change_company_settings", "Can change a company's settings at AutoInvoice"),
                ],
                "indexes": [
                    models.Index(fields=["uuid"], name="company_uuid"),
                    models.Index(fields=["account", "name", "id"], name="company_account_name"),
                    models.Index(fields=["account", "created_at", "id"], name="company_in_list"),
                    models.Index(fields=["account", "state", "auth_state"], name="company_account_state"),
                    models.Index(fields=["account", "active_at", "id"], name="company_account_active"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="company_due",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("account", "uuid"), name="company_account_uuid")],
            },
        ),
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="import_files",
                        to="partners.partneraccount",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="file")),
                (
                    "kind",
                    models.CharField(
                        choices=[("csv", "CSV"), ("xlsx", "Excel workbook")], max_length=4, verbose_name="kind"
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size")),
                ("path", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("UPLOADED", "Columns to be mapped"),
                            ("READING", "Being read"),
                            ("MAPPED", "Read"),
                            ("PLANNING", "Being planned"),
                            ("PLANNED", "Planned"),
                            ("STARTED", "Running"),
                            ("DONE", "Done"),
                        ],
                        default="UPLOADED",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("problem", models.TextField(blank=True)),
                ("sheet", models.CharField(blank=True, max_length=100, verbose_name="sheet")),
                ("takes_hidden", models.BooleanField(default=False, verbose_name="hidden rows are taken too")),
                ("columns", models.JSONField(blank=True, default=list)),
                ("header_digest", models.CharField(blank=True, max_length=64)),
                ("mapping", models.JSONField(blank=True, default=dict)),
                ("for_all", models.JSONField(blank=True, default=dict)),
                ("notes", models.JSONField(blank=True, default=list)),
                ("totals", models.JSONField(blank=True, default=dict)),
                ("plan", models.JSONField(blank=True, default=dict)),
                (
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="next_versions",
                        to="companies.importfile",
                    ),
                ),
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
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="uploaded"),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="carried out")),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("compared_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "file of companies",
                "verbose_name_plural": "files of companies",
                "indexes": [
                    models.Index(fields=["account", "-created_at", "-id"], name="importfile_account_created"),
                    models.Index(fields=["account", "sha256"], name="importfile_account_sha256"),
                    models.Index(fields=["state", "updated_at"], name="importfile_state_updated"),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyRotation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="key_rotations",
                        to="partners.partneraccount",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("OPEN", "Under way"), ("DONE", "Done"), ("ABANDONED", "Given up")],
                        default="OPEN",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail of the new user")),
                ("new_user", models.CharField(blank=True, max_length=64)),
                ("new_key", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                ("old_user", models.CharField(blank=True, max_length=64)),
                ("old_email", models.CharField(blank=True, max_length=254)),
                ("old_key", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                ("tests", models.JSONField(default=list)),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                ("tested_at", models.DateTimeField(blank=True, null=True)),
                ("switched_at", models.DateTimeField(blank=True, null=True)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "change of key",
                "verbose_name_plural": "changes of key",
                "permissions": [("rotate_integration_key", "Can change the key of a partner account")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "OPEN")), fields=("account",), name="rotation_open_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminder_rule",
                        to="partners.partneraccount",
                    ),
                ),
                (
                    "is_on",
                    models.BooleanField(
                        default=False,
                        help_text="Signers get a reminder before their request expires.",
                        verbose_name="remind by itself",
                    ),
                ),
                (
                    "first_hours",
                    models.PositiveSmallIntegerField(
                        default=48,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(167),
                        ],
                        verbose_name="first, hours before the end",
                    ),
                ),
                (
                    "second_hours",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=24,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(167),
                        ],
                        verbose_name="second, hours before the end",
                    ),
                ),
                ("sender_name", models.CharField(blank=True, max_length=100, verbose_name="sender's name")),
                ("sender_email", models.EmailField(blank=True, max_length=254, verbose_name="sender's address")),
                ("reply_to", models.EmailField(blank=True, max_length=254, verbose_name="answers go to")),
            ],
            options={
                "verbose_name": "rule of reminders",
                "verbose_name_plural": "rules of reminders",
            },
        ),
        migrations.CreateModel(
            name="ReminderTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partneraccount"
                    ),
                ),
                ("locale", models.CharField(max_length=2, verbose_name="language")),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(max_length=5000, verbose_name="text")),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "text of reminders",
                "verbose_name_plural": "texts of reminders",
                "constraints": [models.UniqueConstraint(fields=("account", "locale"), name="reminder_template_once")],
            },
        ),
        migrations.CreateModel(
            name="CompanyUser",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="users", to="companies.company"
                    ),
                ),
                ("remote_id", models.CharField(max_length=64)),
                ("email", models.CharField(max_length=254, verbose_name="e-mail")),
                ("first_name", models.CharField(blank=True, max_length=100, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=100, verbose_name="last name")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("role", models.CharField(blank=True, max_length=20, verbose_name="role")),
                ("notifications_disabled", models.BooleanField(default=False)),
                ("emails_disabled", models.BooleanField(default=False)),
                ("api_key", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                ("keeps_key", models.BooleanField(default=True)),
                (
                    "key_for",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("key_made_at", models.DateTimeField(blank=True, null=True)),
                ("key_shown_at", models.DateTimeField(blank=True, null=True)),
                ("fact_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "company user",
                "verbose_name_plural": "company users",
                "indexes": [models.Index(fields=["email"], name="user_email")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "company", "remote_id"), name="user_account_remote")
                ],
            },
        ),
        migrations.CreateModel(
            name="Department",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="departments", to="companies.company"
                    ),
                ),
                ("uuid", models.UUIDField(verbose_name="AutoInvoice id")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("gln", models.CharField(blank=True, max_length=13, verbose_name="GLN")),
                ("email", models.CharField(blank=True, max_length=254, verbose_name="e-mail")),
                ("fact_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "department",
                "verbose_name_plural": "departments",
                "permissions": [("manage_departments", "Can add departments to a company")],
                "indexes": [models.Index(fields=["company", "name"], name="department_company")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "company", "uuid"), name="department_account_uuid")
                ],
            },
        ),
        migrations.CreateModel(
            name="DossierEntry",
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
                        related_name="dossier_entries",
                        to="companies.company",
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("content", models.JSONField(default=dict)),
                ("joint", models.UUIDField(blank=True, null=True)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "dossier entry",
                "verbose_name_plural": "dossier entries",
                "permissions": [("unmask_dossier", "Can download dossiers with personal numbers in clear")],
                "indexes": [
                    models.Index(condition=models.Q(("joint__isnull", False)), fields=["joint"], name="dossier_joint")
                ],
                "constraints": [models.UniqueConstraint(fields=("company", "sequence"), name="dossier_entry_once")],
            },
        ),
        migrations.CreateModel(
            name="IdentityChange",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identity_changes",
                        to="companies.company",
                    ),
                ),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "change of business id",
                "verbose_name_plural": "changes of business id",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("company",), name="identity_change_open_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NetworkProfile",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="profiles", to="companies.company"
                    ),
                ),
                ("remote_id", models.CharField(max_length=64)),
                ("network", models.CharField(max_length=40, verbose_name="network")),
                ("profiles", models.JSONField(default=list, verbose_name="profiles")),
                ("profile_version", models.CharField(blank=True, max_length=40)),
                ("status", models.CharField(max_length=40, verbose_name="status")),
                ("scheme", models.CharField(blank=True, max_length=20, verbose_name="scheme")),
                ("endpoint_id", models.CharField(blank=True, max_length=100, verbose_name="address")),
                ("endpoint_id_digest", models.CharField(blank=True, db_index=True, max_length=64)),
                ("endpoint_id_secret", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                ("extensions", models.JSONField(blank=True, default=list)),
                ("network_settings", models.JSONField(blank=True, default=dict)),
                ("error_text", models.TextField(blank=True, verbose_name="AutoInvoice says")),
                ("fact_at", models.DateTimeField()),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "network profile",
                "verbose_name_plural": "network profiles",
                "indexes": [
                    models.Index(fields=["account", "status", "network"], name="profile_account_status"),
                    models.Index(fields=["company", "network", "status"], name="profile_company_network"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="profile_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "company", "remote_id"), name="profile_account_remote")
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="companies.company"
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="note")),
                ("is_pinned", models.BooleanField(default=False, verbose_name="pinned")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "indexes": [
                    models.Index(fields=["company", "-id"], name="note_company"),
                    models.Index(condition=models.Q(("is_pinned", True)), fields=["company"], name="note_pinned"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Onboarding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("business_id", models.CharField(blank=True, max_length=40, verbose_name="business id")),
                ("business_id_digest", models.CharField(blank=True, db_index=True, max_length=64)),
                ("business_id_secret", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="onboardings",
                        to="partners.partneraccount",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Draft"),
                            ("SUBMITTED", "Being registered"),
                            ("REGISTERED", "Registered"),
                            ("REFUSED", "Registration refused"),
                        ],
                        default="DRAFT",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("identify", "Identify"),
                            ("contact", "Address and contact"),
                            ("signer", "Who signs"),
                            ("networks", "Networks"),
                            ("review", "Review"),
                        ],
                        default="identify",
                        max_length=12,
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="onboardings",
                        to="companies.company",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("address1", models.CharField(blank=True, max_length=200, verbose_name="street address")),
                ("address2", models.CharField(blank=True, max_length=200, verbose_name="address, second line")),
                ("post_code", models.CharField(blank=True, max_length=20, verbose_name="post code")),
                ("post_office", models.CharField(blank=True, max_length=100, verbose_name="post office")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                ("region", models.CharField(blank=True, max_length=100, verbose_name="state or province")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="company's e-mail")),
                ("signer_name", models.CharField(blank=True, max_length=200, verbose_name="signer's name")),
                ("auth_email", models.EmailField(blank=True, max_length=254, verbose_name="signer's e-mail")),
                ("locale", models.CharField(blank=True, max_length=2, verbose_name="language of the document")),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[("visma_sign", "Visma Sign"), ("own", "Own process")],
                        max_length=10,
                        verbose_name="way to authorize",
                    ),
                ),
                (
                    "authorization_id",
                    models.CharField(blank=True, max_length=200, verbose_name="id in our own process"),
                ),
                ("networks", models.JSONField(blank=True, default=list, verbose_name="networks")),
                ("problem_code", models.CharField(blank=True, max_length=80)),
                ("problem_text", models.TextField(blank=True)),
                (
                    "source",
                    models.CharField(
                        choices=[("WIZARD", "Wizard"), ("FILE", "File"), ("OTHER", "Other")],
                        default="WIZARD",
                        max_length=10,
                    ),
                ),
                ("source_file", models.CharField(blank=True, max_length=200, verbose_name="file")),
                ("source_row", models.PositiveIntegerField(blank=True, null=True, verbose_name="row")),
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
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("submitted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "onboarding",
                "verbose_name_plural": "onboardings",
                "permissions": [("register_company", "Can register companies at AutoInvoice")],
                "indexes": [
                    models.Index(fields=["account", "state", "-id"], name="onboarding_account_state"),
                    models.Index(fields=["account", "-created_at", "-id"], name="onboarding_account_created"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("SUBMITTED", "REGISTERED"))),
                        fields=("account", "country", "business_id_digest"),
                        name="onboarding_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProofOfReception",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="proofs", to="companies.company"
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[("lookup", "Receiver look-up"), ("invoice", "Test invoice")],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                ("network", models.CharField(max_length=40, verbose_name="network")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="address")),
                (
                    "state",
                    models.CharField(
                        choices=[("RUNNING", "Under way"), ("PROVEN", "Proven"), ("STOPPED", "Stopped")],
                        default="RUNNING",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("stage", models.CharField(blank=True, max_length=40)),
                ("text", models.TextField(blank=True, verbose_name="what was found")),
                ("reference", models.CharField(blank=True, max_length=100)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "proof of reception",
                "verbose_name_plural": "proofs of reception",
                "permissions": [("prove_reception", "Can prove that companies receive")],
                "indexes": [
                    models.Index(fields=["company", "-asked_at"], name="proof_company"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="proof_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceState",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="services", to="companies.company"
                    ),
                ),
                ("service", models.CharField(max_length=20, verbose_name="service")),
                ("key", models.CharField(blank=True, max_length=60)),
                ("status", models.CharField(max_length=40, verbose_name="status")),
                ("address", models.CharField(blank=True, max_length=254, verbose_name="address")),
                ("return_email", models.CharField(blank=True, max_length=254, verbose_name="return e-mail")),
                ("details", models.JSONField(blank=True, default=dict)),
                ("error_text", models.TextField(blank=True, verbose_name="AutoInvoice says")),
                ("fact_at", models.DateTimeField()),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "service of a company",
                "verbose_name_plural": "services of companies",
                "permissions": [
                    ("manage_services", "Can activate, change and close services of a company"),
                    ("look_up_consumers", "Can look up how consumers receive invoices"),
                ],
                "indexes": [
                    models.Index(fields=["account", "service", "status"], name="service_account_status"),
                    models.Index(fields=["company", "service"], name="service_company"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="service_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "company", "service", "key"), name="service_account_company"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StateChange",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="changes", to="companies.company"
                    ),
                ),
                ("what", models.CharField(max_length=80, verbose_name="what")),
                ("before", models.JSONField(null=True, verbose_name="before")),
                ("after", models.JSONField(null=True, verbose_name="after")),
                ("at", models.DateTimeField(verbose_name="true since")),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="recorded")),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("operation", "An act"),
                            ("delivery", "A message of AutoInvoice"),
                            ("sync", "A look at AutoInvoice"),
                            ("staff", "Staff"),
                        ],
                        max_length=10,
                        verbose_name="told by",
                    ),
                ),
                ("source_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "actor",
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
                "verbose_name": "change",
                "verbose_name_plural": "changes",
                "indexes": [
                    models.Index(fields=["company", "-id"], name="change_company"),
                    models.Index(fields=["company", "what", "-id"], name="change_company_what"),
                    models.Index(
                        condition=models.Q(("source_id__isnull", False)), fields=["source_id"], name="change_source"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Supplier",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="suppliers", to="companies.company"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("email", models.CharField(blank=True, max_length=254, verbose_name="e-mail")),
                ("invoice_count", models.PositiveIntegerField(blank=True, null=True, verbose_name="invoices")),
                ("notified_at", models.DateTimeField(blank=True, null=True, verbose_name="written to")),
                ("failure", models.TextField(blank=True, verbose_name="why not written to")),
                ("fact_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "supplier",
                "verbose_name_plural": "suppliers",
                "permissions": [("notify_suppliers", "Can have a company's suppliers written to")],
                "indexes": [models.Index(fields=["company", "name"], name="supplier_company")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "company", "country", "business_id_digest"),
                        name="supplier_account_business_id",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplierQuery",
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
                        related_name="supplier_queries",
                        to="companies.company",
                    ),
                ),
                ("remote_id", models.CharField(blank=True, max_length=64)),
                ("status", models.CharField(max_length=40, verbose_name="status")),
                ("oldest_invoice_at", models.DateTimeField(verbose_name="invoices since")),
                ("found", models.PositiveIntegerField(default=0, verbose_name="suppliers found")),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "question for suppliers",
                "verbose_name_plural": "questions for suppliers",
                "indexes": [
                    models.Index(fields=["company", "-asked_at"], name="supplier_query_company"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="supplier_query_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="partners.partneraccount",
                        verbose_name="account",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("grey", "Grey"),
                            ("red", "Red"),
                            ("orange", "Orange"),
                            ("green", "Green"),
                            ("teal", "Teal"),
                            ("blue", "Blue"),
                            ("purple", "Purple"),
                            ("pink", "Pink"),
                        ],
                        default="grey",
                        max_length=10,
                        verbose_name="colour",
                    ),
                ),
                (
                    "companies",
                    models.ManyToManyField(
                        blank=True, related_name="tags", to="companies.company", verbose_name="companies"
                    ),
                ),
            ],
            options={
                "verbose_name": "tag",
                "verbose_name_plural": "tags",
                "ordering": ["name"],
                "permissions": [("tag_company", "Can put tags on companies")],
                "constraints": [models.UniqueConstraint(fields=("account", "name"), name="tag_account_name")],
            },
        ),
        migrations.CreateModel(
            name="Authorization",
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
                        related_name="authorizations",
                        to="companies.company",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "Waiting for signature"),
                            ("CONFIRMED", "Confirmed"),
                            ("DECLINED", "Declined"),
                            ("EXPIRED", "Expired"),
                            ("REPLACED", "Replaced by a newer request"),
                            ("DROPPED", "No longer followed"),
                        ],
                        default="OPEN",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("visma_sign", "Visma Sign"), ("own", "Own process")],
                        default="visma_sign",
                        max_length=10,
                        verbose_name="way",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="signer's e-mail")),
                (
                    "signer_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower("email"),
                        output_field=models.CharField(max_length=254),
                    ),
                ),
                ("signer_name", models.CharField(blank=True, max_length=200, verbose_name="signer's name")),
                ("locale", models.CharField(max_length=2, verbose_name="language of the document")),
                (
                    "authorization_id",
                    models.CharField(blank=True, max_length=200, verbose_name="id in our own process"),
                ),
                ("operation_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="requested")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("on_desk", models.BooleanField(default=True)),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[("BOUNCED", "Our reminder bounced"), ("WRONG_PERSON", "Wrong person")],
                        max_length=12,
                        verbose_name="trouble",
                    ),
                ),
                ("problem_note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("problem_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "authorization",
                "verbose_name_plural": "authorizations",
                "permissions": [
                    ("remind_signer", "Can remind a signer by e-mail"),
                    ("mark_authorization", "Can mark what is wrong with a request to sign, and stop following it"),
                ],
                "indexes": [
                    models.Index(fields=["account", "state", "expires_at"], name="authorization_account_state"),
                    models.Index(fields=["company", "-requested_at"], name="authorization_company"),
                    models.Index(
                        condition=models.Q(("on_desk", True)),
                        fields=["account", "state", "requested_at", "id"],
                        name="authorization_desk",
                    ),
                    models.Index(
                        condition=models.Q(("on_desk", True), models.Q(("problem", ""), _negated=True)),
                        fields=["account", "problem", "requested_at", "id"],
                        name="authorization_problem",
                    ),
                    models.Index(
                        condition=models.Q(("on_desk", True)),
                        fields=["account", "signer_key", "state"],
                        name="authorization_signer",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "OPEN")),
                        fields=("account", "company"),
                        name="authorization_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DossierHead",
            fields=[
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="dossier_head",
                        serialize=False,
                        to="companies.company",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                ("length", models.PositiveIntegerField(default=0)),
                ("hash", models.CharField(blank=True, max_length=64)),
                ("signature", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "dossier",
                "verbose_name_plural": "dossiers",
            },
        ),
        migrations.CreateModel(
            name="QuietCompany",
            fields=[],
            options={
                "verbose_name": "quiet company",
                "verbose_name_plural": "quiet companies",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("companies.company",),
        ),
        migrations.CreateModel(
            name="IdentityTick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "change",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ticks", to="companies.identitychange"
                    ),
                ),
                ("step", models.CharField(max_length=40)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "tick",
                "verbose_name_plural": "ticks",
                "constraints": [models.UniqueConstraint(fields=("change", "step"), name="identity_tick_once")],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("business_id", models.CharField(blank=True, max_length=40, verbose_name="business id")),
                ("business_id_digest", models.CharField(blank=True, db_index=True, max_length=64)),
                ("business_id_secret", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="companies.importfile"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="row")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("stored_values", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                ("errors", models.JSONField(blank=True, default=list)),
                ("notes", models.JSONField(blank=True, default=list)),
                ("has_errors", models.BooleanField(default=False)),
                ("corrected", models.BooleanField(default=False, verbose_name="corrected in the page")),
                ("digest", models.CharField(blank=True, max_length=64)),
                (
                    "change",
                    models.CharField(
                        choices=[("NEW", "New"), ("CHANGED", "Changed"), ("UNCHANGED", "Unchanged")],
                        default="NEW",
                        max_length=10,
                        verbose_name="against the last time",
                    ),
                ),
                ("outcome", models.CharField(blank=True, max_length=20, verbose_name="prediction")),
                ("prediction", models.JSONField(blank=True, default=dict)),
                (
                    "onboarding",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="import_rows",
                        to="companies.onboarding",
                    ),
                ),
                ("result", models.TextField(blank=True, verbose_name="result")),
                ("hit", models.BooleanField(blank=True, null=True, verbose_name="as predicted")),
                ("reason", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "row of a file",
                "verbose_name_plural": "rows of files",
                "indexes": [
                    models.Index(fields=["file", "has_errors", "number"], name="importrow_file_errors"),
                    models.Index(fields=["file", "outcome", "number"], name="importrow_file_outcome"),
                ],
                "constraints": [models.UniqueConstraint(fields=("file", "number"), name="importrow_once")],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "authorization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="companies.authorization",
                    ),
                ),
                ("operation_id", models.BigIntegerField()),
                ("message_id", models.CharField(max_length=200)),
                ("stage", models.CharField(max_length=20, verbose_name="occasion")),
                ("email", models.CharField(max_length=254, verbose_name="address")),
                ("locale", models.CharField(max_length=2, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[("SENT", "Sent"), ("BOUNCED", "Bounced")],
                        default="SENT",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                ("bounced_at", models.DateTimeField(blank=True, null=True)),
                ("bounce_text", models.CharField(blank=True, max_length=500, verbose_name="what the mail server said")),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "indexes": [
                    models.Index(fields=["message_id"], name="reminder_message"),
                    models.Index(fields=["account", "sent_at", "id"], name="reminder_in_list"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("authorization", "stage", "email"), name="reminder_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cases",
                        to="companies.company",
                    ),
                ),
                (
                    "onboarding",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="cases",
                        to="companies.onboarding",
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("key", models.CharField(max_length=200)),
                ("subject", models.CharField(max_length=300, verbose_name="about")),
                ("step", models.CharField(max_length=40, verbose_name="step")),
                ("step_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="since")),
                (
                    "whose",
                    models.CharField(
                        choices=[
                            ("staff", "You"),
                            ("customer", "Customer"),
                            ("signer", "Signer"),
                            ("support", "AutoInvoice support"),
                            ("autoinvoice", "AutoInvoice"),
                        ],
                        default="staff",
                        max_length=20,
                        verbose_name="whose move",
                    ),
                ),
                ("facts", models.JSONField(blank=True, default=dict)),
                (
                    "operation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="operations.operation",
                    ),
                ),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="opened")),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("outcome", models.CharField(blank=True, max_length=40, verbose_name="outcome")),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "permissions": [("work_case", "Can work on cases")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)), fields=["account", "opened_at"], name="case_open"
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", False)),
                        fields=["account", "-closed_at"],
                        name="case_closed",
                    ),
                    models.Index(fields=["company", "kind"], name="case_company_kind"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("account", "kind", "key"),
                        name="case_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="entries", to="companies.case"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=40)),
                ("text", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "entry of a case",
                "verbose_name_plural": "entries of cases",
                "ordering": ("at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Takeover",
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
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="takeover", to="companies.case"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="company name")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("company_uuid", models.UUIDField(verbose_name="AutoInvoice id of the account")),
                ("remote_id", models.CharField(blank=True, max_length=64, verbose_name="takeover id")),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
            ],
            options={
                "verbose_name": "takeover",
                "verbose_name_plural": "takeovers",
                "permissions": [("take_over_company", "Can take over and give back accounts of others")],
                "indexes": [models.Index(fields=["account", "-id"], name="takeover_account")],
            },
        ),
    ]
