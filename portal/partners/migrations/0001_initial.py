import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import portal.partners.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PartnerAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="address key")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                (
                    "environment",
                    models.CharField(
                        choices=[("SANDBOX", "Sandbox"), ("STAGE", "Stage"), ("PRODUCTION", "Production")],
                        max_length=10,
                        verbose_name="environment",
                    ),
                ),
                ("company_uuid", models.UUIDField(verbose_name="partner company UUID")),
                ("user_key", portal.partners.fields.EncryptedTextField(verbose_name="user API key")),
                ("vendor_key", portal.partners.fields.EncryptedTextField(verbose_name="vendor API key")),
                ("key_version", models.PositiveIntegerField(default=1, editable=False)),
                ("user_remote_id", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "keeps_active",
                    models.BooleanField(
                        default=False,
                        help_text="AutoInvoice closes companies that send and receive nothing for 13 months. Switched on, the portal tells it after 11 months that a company is still in use, and again every 11 months.",
                        verbose_name="keep quiet companies alive",
                    ),
                ),
                (
                    "own_kyc",
                    models.BooleanField(
                        default=False,
                        help_text="AutoInvoice has approved the partner's own customer authentication process.",
                        verbose_name="may verify customers itself",
                    ),
                ),
                (
                    "default_method",
                    models.CharField(
                        choices=[("visma_sign", "Visma Sign"), ("own", "Own process")],
                        default="visma_sign",
                        max_length=10,
                        verbose_name="usual way to authorize",
                    ),
                ),
                ("sandbox_urls", models.JSONField(blank=True, default=dict, verbose_name="simulator addresses")),
                (
                    "calls_per_second",
                    models.FloatField(
                        default=50,
                        validators=[
                            django.core.validators.MinValueValidator(0.1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="calls a second",
                    ),
                ),
                (
                    "parallel_calls",
                    models.PositiveSmallIntegerField(
                        default=16,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(64),
                        ],
                        verbose_name="parallel calls",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "staff",
                    models.ManyToManyField(blank=True, related_name="partner_accounts", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "partner account",
                "verbose_name_plural": "partner accounts",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="ApiCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="calls", to="partners.partneraccount"
                    ),
                ),
                ("company_uuid", models.UUIDField(blank=True, null=True)),
                ("operation_id", models.BigIntegerField(blank=True, null=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("api", models.CharField(max_length=12)),
                ("method", models.CharField(max_length=7)),
                ("path", models.CharField(max_length=300)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("ms", models.PositiveIntegerField(default=0)),
                ("request_id", models.CharField(blank=True, max_length=64)),
                ("error", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name": "API call",
                "verbose_name_plural": "API calls",
                "indexes": [
                    models.Index(fields=["account", "at", "id"], name="call_in_list"),
                    models.Index(fields=["company_uuid", "-at"], name="call_company_at"),
                    models.Index(fields=["operation_id"], name="call_operation"),
                    models.Index(fields=["at"], name="call_at"),
                ],
            },
        ),
    ]
