from decimal import Decimal

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
        ("invoices", "0001_initial"),
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OverdueInvoice",
            fields=[],
            options={
                "verbose_name": "overdue invoice",
                "verbose_name_plural": "overdue invoices",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("invoices.invoice",),
        ),
        migrations.CreateModel(
            name="Assignment",
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
                        related_name="assignments",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("remote_id", models.CharField(max_length=80, verbose_name="assignment id")),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="assignments",
                        to="invoices.invoice",
                        verbose_name="invoice",
                    ),
                ),
                ("invoice_uuid", models.UUIDField(blank=True, null=True)),
                ("agency", models.CharField(blank=True, max_length=40, verbose_name="agency")),
                ("service_type", models.CharField(blank=True, max_length=40)),
                ("collection_type", models.CharField(blank=True, max_length=40)),
                ("status", models.CharField(blank=True, max_length=40, verbose_name="status")),
                ("is_open", models.BooleanField(default=True)),
                ("stage", models.CharField(blank=True, max_length=40, verbose_name="stage")),
                ("invoice_number", models.CharField(blank=True, max_length=100, verbose_name="number")),
                ("reference", models.CharField(blank=True, max_length=200, verbose_name="reference")),
                ("debtor_name", models.CharField(blank=True, max_length=300, verbose_name="debtor")),
                ("debtor_id", models.CharField(blank=True, max_length=40, verbose_name="business id of the debtor")),
                ("debtor_digest", models.CharField(blank=True, max_length=64)),
                ("debtor_number", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                ("debtor_country", models.CharField(blank=True, max_length=10)),
                ("debtor_address", models.JSONField(blank=True, default=dict)),
                ("currency", models.CharField(blank=True, max_length=10, verbose_name="currency")),
                (
                    "capital_amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="capital"),
                ),
                (
                    "open_amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="open"),
                ),
                (
                    "paid_amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="paid"),
                ),
                (
                    "fees_amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="fees"),
                ),
                (
                    "interest_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="interest"
                    ),
                ),
                ("invoice_date", models.DateField(blank=True, null=True, verbose_name="invoice date")),
                ("due_date", models.DateField(blank=True, null=True, verbose_name="due date")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("unseen", models.PositiveIntegerField(default=0, verbose_name="unseen")),
                ("latest_event_at", models.DateTimeField(blank=True, null=True)),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="as of")),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "assignment",
                "verbose_name_plural": "assignments",
                "permissions": [("add_event", "Can tell agencies of payments, credit notes and other events")],
                "indexes": [
                    models.Index(fields=["account", "created_at", "id"], name="assignment_in_list"),
                    models.Index(fields=["account", "status", "-created_at"], name="assignment_status"),
                    models.Index(fields=["account", "is_open", "due_date"], name="assignment_due_date"),
                    models.Index(fields=["account", "agency", "-created_at"], name="assignment_agency"),
                    models.Index(fields=["company", "-created_at"], name="assignment_company"),
                    models.Index(fields=["account", "invoice_uuid"], name="assignment_invoice"),
                    models.Index(
                        condition=models.Q(("is_open", True)),
                        fields=["account", "reference"],
                        name="assignment_reference",
                    ),
                    models.Index(fields=["debtor_digest"], name="assignment_debtor"),
                    models.Index(
                        condition=models.Q(("unseen__gt", 0)),
                        fields=["account", "-created_at"],
                        name="assignment_unseen",
                    ),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="assignment_check",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "company", "remote_id"), name="assignment_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BankFile",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="bank_files", to="companies.company"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="file")),
                ("kind", models.CharField(max_length=20, verbose_name="format")),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="rows of money that came in")),
                ("found", models.PositiveIntegerField(default=0, verbose_name="payments found")),
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
            ],
            options={
                "verbose_name": "bank file",
                "verbose_name_plural": "bank files",
                "indexes": [models.Index(fields=["company", "-created_at"], name="bank_file_company")],
            },
        ),
        migrations.CreateModel(
            name="BillingMonth",
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
                ("month", models.DateField(verbose_name="month")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read")),
                ("is_final", models.BooleanField(default=False)),
                ("totals", models.JSONField(blank=True, default=dict)),
                ("companies", models.PositiveIntegerField(default=0, verbose_name="companies")),
                ("error_text", models.TextField(blank=True)),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "billed month",
                "verbose_name_plural": "billed months",
                "permissions": [("view_billing", "Can see what AutoInvoice bills")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="billing_month_due",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("account", "month"), name="billing_month_once")],
            },
        ),
        migrations.CreateModel(
            name="CollectionService",
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
                        related_name="collection_services",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("agency", models.CharField(max_length=20, verbose_name="agency")),
                ("status", models.CharField(max_length=20, verbose_name="status")),
                ("service_type", models.CharField(blank=True, max_length=20, verbose_name="kind")),
                ("activation_url", models.URLField(blank=True, max_length=500, verbose_name="activation link")),
                ("details", models.JSONField(blank=True, default=dict)),
                ("pending_since", models.DateTimeField(blank=True, null=True, verbose_name="waiting since")),
                ("was_pending", models.BooleanField(default=False)),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="as of")),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "collection service",
                "verbose_name_plural": "collection services",
                "permissions": [("manage_collection", "Can activate, change and close collection services")],
                "indexes": [
                    models.Index(fields=["account", "agency", "status"], name="collection_service_status"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="collection_service_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "company", "agency"), name="collection_service_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CompanyMoney",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agency", models.CharField(blank=True, max_length=40)),
                ("currency", models.CharField(blank=True, max_length=10)),
                ("open_count", models.PositiveIntegerField(default=0)),
                ("open_amount", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=20)),
                ("overdue_count", models.PositiveIntegerField(default=0)),
                ("overdue_amount", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=20)),
                ("collection_count", models.PositiveIntegerField(default=0)),
                ("collection_amount", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=20)),
                ("legal_count", models.PositiveIntegerField(default=0)),
                ("legal_amount", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=20)),
                ("collected_count", models.PositiveIntegerField(default=0)),
                ("collected_amount", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=20)),
                ("counted_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "currency", "-overdue_amount", "-id"], name="company_money_overdue")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "company", "agency", "currency"), name="company_money_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HandOver",
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
                        related_name="hand_overs",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_over",
                        to="invoices.invoice",
                        verbose_name="invoice",
                    ),
                ),
                (
                    "agency",
                    models.CharField(
                        choices=[("amili", "Amili"), ("ropo", "Ropo"), ("intrum", "Intrum")],
                        max_length=20,
                        verbose_name="agency",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=2)),
                (
                    "collection_type",
                    models.CharField(
                        choices=[
                            ("reminder_and_collection", "Reminder, then collection"),
                            ("collection", "Collection at once"),
                        ],
                        max_length=30,
                        verbose_name="begins with",
                    ),
                ),
                (
                    "receivables_type",
                    models.CharField(
                        choices=[
                            ("b2b", "From a business"),
                            ("b2c", "From a consumer"),
                            ("b2b_rental", "Rent, from a business"),
                            ("b2c_rental", "Rent, from a consumer"),
                        ],
                        max_length=20,
                        verbose_name="kind of receivable",
                    ),
                ),
                ("collectable_amount", models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True)),
                ("amounts", models.JSONField(blank=True, default=dict)),
                ("interest_from", models.DateField(blank=True, null=True)),
                ("reminder_date", models.DateField(blank=True, null=True)),
                ("premises", models.JSONField(blank=True, default=dict)),
                ("summary", models.CharField(blank=True, max_length=64, verbose_name="summary")),
                ("status", models.CharField(default="draft", max_length=20, verbose_name="status")),
                ("assignment_url", models.CharField(blank=True, max_length=500)),
                ("error_reason", models.TextField(blank=True, verbose_name="the agency says")),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="as of")),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
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
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="made"),
                ),
            ],
            options={
                "verbose_name": "hand-over",
                "verbose_name_plural": "hand-overs",
                "permissions": [
                    ("hand_over_invoice", "Can hand invoices over to a collection agency"),
                    ("unmask_payer", "Can see personal identity numbers of payers"),
                ],
                "indexes": [
                    models.Index(fields=["account", "status", "-created_at"], name="hand_over_status"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="hand_over_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceCredit",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invoice_credit",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("status", models.CharField(max_length=20, verbose_name="status")),
                ("contact_email", models.CharField(blank=True, max_length=254, verbose_name="contact")),
                ("iban", models.CharField(blank=True, max_length=40, verbose_name="paid out to")),
                ("bic", models.CharField(blank=True, max_length=20)),
                ("bank", models.CharField(blank=True, max_length=100, verbose_name="bank")),
                ("activation_url", models.URLField(blank=True, max_length=500, verbose_name="link to sign")),
                ("bank_details", models.JSONField(blank=True, default=dict)),
                ("terms", models.JSONField(blank=True, default=dict)),
                ("offer", models.JSONField(blank=True, default=dict)),
                (
                    "available",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="available"
                    ),
                ),
                (
                    "most",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="at most"),
                ),
                (
                    "collateral",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="collateral"
                    ),
                ),
                (
                    "withdrawn",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="withdrawn"
                    ),
                ),
                ("month_interest", models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True)),
                (
                    "interest",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="unpaid interest"
                    ),
                ),
                ("figures_at", models.DateTimeField(blank=True, null=True)),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="as of")),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "invoice credit",
                "verbose_name_plural": "invoice credits",
                "permissions": [
                    ("manage_credit", "Can activate invoice credit, change its terms and tell of direct payments"),
                    ("withdraw_credit", "Can withdraw invoice credit: money the company owes from then on"),
                ],
                "indexes": [
                    models.Index(fields=["account", "status"], name="invoice_credit_status"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="invoice_credit_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageThread",
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
                        related_name="message_threads",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("remote_id", models.CharField(max_length=80)),
                ("assignment_remote_id", models.CharField(blank=True, max_length=80)),
                ("subject", models.CharField(blank=True, max_length=300, verbose_name="subject")),
                ("flagged", models.BooleanField(default=False, verbose_name="flagged")),
                ("unseen", models.PositiveIntegerField(default=0, verbose_name="unseen")),
                ("latest_text", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                ("latest_sender", models.CharField(blank=True, max_length=40)),
                ("latest_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="latest message")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("next_check_at", models.DateTimeField(blank=True, null=True)),
                ("attached_to", models.CharField(blank=True, max_length=80)),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answers",
                    ),
                ),
                ("snoozed_until", models.DateTimeField(blank=True, null=True, verbose_name="asleep until")),
            ],
            options={
                "verbose_name": "message thread",
                "verbose_name_plural": "message threads",
                "permissions": [("answer_messages", "Can write to agencies, flag and mark what they write")],
                "indexes": [
                    models.Index(fields=["account", "-latest_at"], name="message_thread_list"),
                    models.Index(
                        condition=models.Q(("flagged", True)),
                        fields=["account", "-latest_at"],
                        name="message_thread_flag",
                    ),
                    models.Index(
                        condition=models.Q(("unseen__gt", 0)),
                        fields=["account", "-latest_at"],
                        name="message_thread_unseen",
                    ),
                    models.Index(fields=["assignee", "-latest_at"], name="message_thread_mine"),
                    models.Index(
                        condition=models.Q(("snoozed_until__isnull", False)),
                        fields=["account", "snoozed_until"],
                        name="message_thread_asleep",
                    ),
                    models.Index(fields=["company", "assignment_remote_id"], name="message_thread_assignment"),
                    models.Index(
                        condition=models.Q(("next_check_at__isnull", False)),
                        fields=["account", "next_check_at"],
                        name="message_thread_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "company", "remote_id"), name="message_thread_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReplyTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partneraccount",
                        verbose_name="account",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "text",
                    models.TextField(
                        help_text="{company}, {number}, {debtor} and {me} are filled in.",
                        max_length=5000,
                        verbose_name="text",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer template",
                "verbose_name_plural": "answer templates",
                "ordering": ["name"],
                "constraints": [models.UniqueConstraint(fields=("account", "name"), name="reply_template_once")],
            },
        ),
        migrations.CreateModel(
            name="ServiceLevel",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="service_levels",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                ("business_id", models.CharField(max_length=40, verbose_name="customer's business id")),
                ("name", models.CharField(blank=True, max_length=300, verbose_name="customer")),
                ("level", models.CharField(max_length=40, verbose_name="level")),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="as of")),
            ],
            options={
                "verbose_name": "service level",
                "verbose_name_plural": "service levels",
                "permissions": [("set_service_level", "Can set how Kassavirta treats a customer")],
                "indexes": [models.Index(fields=["account", "level"], name="service_level_level")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "company", "business_id"), name="service_level_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AgencyMoney",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agency", models.CharField(blank=True, max_length=40)),
                ("currency", models.CharField(blank=True, max_length=10)),
                ("open_count", models.PositiveIntegerField(default=0)),
                ("open_amount", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=20)),
                ("overdue_count", models.PositiveIntegerField(default=0)),
                ("overdue_amount", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=20)),
                ("collection_count", models.PositiveIntegerField(default=0)),
                ("collection_amount", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=20)),
                ("legal_count", models.PositiveIntegerField(default=0)),
                ("legal_amount", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=20)),
                ("collected_count", models.PositiveIntegerField(default=0)),
                ("collected_amount", models.DecimalField(decimal_places=2, default=Decimal(0), max_digits=20)),
                ("counted_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partneraccount"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "agency", "currency"), name="agency_money_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AssignmentEvent",
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
                        related_name="+",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="receivables.assignment",
                        verbose_name="assignment",
                    ),
                ),
                ("assignment_remote_id", models.CharField(max_length=80)),
                ("remote_id", models.CharField(max_length=80)),
                ("type", models.CharField(blank=True, max_length=60, verbose_name="event")),
                ("origin", models.CharField(blank=True, max_length=40, verbose_name="from")),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="amount"),
                ),
                ("currency", models.CharField(blank=True, max_length=10)),
                ("payment_date", models.DateField(blank=True, null=True, verbose_name="paid on")),
                ("due_date", models.DateField(blank=True, null=True, verbose_name="new due date")),
                ("hold_until", models.DateField(blank=True, null=True, verbose_name="hold until")),
                ("credit_note_uuid", models.CharField(blank=True, max_length=80)),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("happened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("seen", models.BooleanField(default=False, verbose_name="seen")),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "indexes": [
                    models.Index(fields=["account", "-happened_at"], name="event_list"),
                    models.Index(fields=["account", "type", "-happened_at"], name="event_type"),
                    models.Index(fields=["assignment", "happened_at"], name="event_of_assignment"),
                    models.Index(
                        condition=models.Q(("origin", "agency"), ("seen", False)),
                        fields=["account", "-happened_at"],
                        name="event_unseen",
                    ),
                    models.Index(fields=["account", "seen", "-happened_at", "-id"], name="event_in_list"),
                ],
                "constraints": [models.UniqueConstraint(fields=("account", "company", "remote_id"), name="event_once")],
            },
        ),
        migrations.CreateModel(
            name="BilledUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="receivables.billingmonth",
                        verbose_name="month",
                    ),
                ),
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
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="companies.company",
                    ),
                ),
                ("company_uuid", models.CharField(blank=True, max_length=60)),
                ("company_name", models.CharField(blank=True, max_length=300, verbose_name="company")),
                ("business_id", models.CharField(blank=True, max_length=60, verbose_name="business id")),
                ("software", models.CharField(blank=True, max_length=200, verbose_name="software")),
                ("action", models.CharField(blank=True, max_length=200, verbose_name="action")),
                ("licensing_system", models.CharField(blank=True, max_length=100)),
                ("license_key", models.CharField(blank=True, max_length=200, verbose_name="licence")),
                ("license_meta", models.CharField(blank=True, max_length=500)),
                ("count", models.BigIntegerField(default=0, verbose_name="count")),
                ("read_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "billed use",
                "verbose_name_plural": "billed uses",
                "indexes": [
                    models.Index(fields=["month", "-count"], name="billed_use_month"),
                    models.Index(fields=["month", "action", "-count"], name="billed_use_action"),
                    models.Index(fields=["company", "month"], name="billed_use_company"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "company_uuid", "software", "action", "license_key"), name="billed_use_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="companies.company"
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="receivables.messagethread",
                    ),
                ),
                ("case_id", models.CharField(blank=True, max_length=80)),
                ("text", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                ("queued_at", models.DateTimeField(blank=True, null=True)),
                ("form_key", models.UUIDField(blank=True, editable=False, null=True)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "written message",
                "verbose_name_plural": "written messages",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("queued_at", None), ("thread__isnull", False)),
                        fields=("user", "thread"),
                        name="message_draft_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("queued_at", None), ("thread__isnull", True)),
                        fields=("user", "company", "case_id"),
                        name="message_draft_case_once",
                    ),
                    models.UniqueConstraint(fields=("user", "form_key"), name="message_form_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="receivables.messagethread",
                    ),
                ),
                ("remote_id", models.CharField(max_length=80)),
                ("text", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                ("sender", models.CharField(blank=True, max_length=40)),
                ("author", models.CharField(blank=True, max_length=200)),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seen", models.BooleanField(default=False)),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "indexes": [models.Index(fields=["thread", "sent_at"], name="message_of_thread")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "thread", "remote_id"), name="message_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Payer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "hand_over",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="payers", to="receivables.handover"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("main", "Payer"), ("co_debtor", "Co-debtor")],
                        default="main",
                        max_length=12,
                        verbose_name="role",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("identifier", models.CharField(blank=True, max_length=40, verbose_name="business id")),
                ("personal_number", portal.partners.fields.EncryptedTextField(blank=True, default="")),
                ("street", models.CharField(max_length=200, verbose_name="street")),
                ("post_code", models.CharField(max_length=20, verbose_name="postcode")),
                ("city", models.CharField(max_length=100, verbose_name="city")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
            ],
            options={
                "verbose_name": "payer",
                "verbose_name_plural": "payers",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="PaymentProposal",
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
                        related_name="+",
                        to="companies.company",
                        verbose_name="company",
                    ),
                ),
                (
                    "bank_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="proposals", to="receivables.bankfile"
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="receivables.assignment",
                        verbose_name="assignment",
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("reference", "Reference and whole sum"),
                            ("part", "Reference, a part of the sum"),
                            ("sum", "Sum and payer"),
                        ],
                        max_length=12,
                        verbose_name="found by",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("told", "Told to the agency"),
                            ("rejected", "Not a payment of it"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("booked_on", models.DateField(verbose_name="booked")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="amount")),
                ("currency", models.CharField(blank=True, max_length=10)),
                ("reference", models.CharField(blank=True, max_length=200, verbose_name="reference")),
                ("payer", models.CharField(blank=True, max_length=200, verbose_name="payer")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "payment past an agency",
                "verbose_name_plural": "payments past an agency",
                "indexes": [
                    models.Index(fields=["account", "state", "-booked_on"], name="proposal_state"),
                    models.Index(fields=["account", "booked_on", "id"], name="proposal_in_list"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("assignment", "booked_on", "amount", "payer"), name="proposal_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ThreadNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="receivables.messagethread",
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
                ("text", portal.partners.fields.EncryptedTextField(default="")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "internal note",
                "verbose_name_plural": "internal notes",
                "ordering": ["pk"],
            },
        ),
    ]
