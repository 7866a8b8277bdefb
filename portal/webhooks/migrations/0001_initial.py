import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import portal.partners.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhook_secrets",
                        to="partners.partneraccount",
                    ),
                ),
                ("secret", portal.partners.fields.EncryptedTextField()),
                ("digest", models.CharField(max_length=64)),
                ("password", portal.partners.fields.EncryptedTextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="made")),
                ("first_used_at", models.DateTimeField(blank=True, null=True, verbose_name="first delivery")),
                ("valid_until", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
            ],
            options={
                "verbose_name": "webhook secret",
                "verbose_name_plural": "webhook secrets",
                "constraints": [models.UniqueConstraint(fields=("account", "digest"), name="webhook_secret_once")],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to="partners.partneraccount",
                        verbose_name="account",
                    ),
                ),
                ("company_uuid", models.UUIDField(verbose_name="company")),
                ("remote_id", models.CharField(max_length=80, verbose_name="AutoInvoice id")),
                ("reach", models.CharField(max_length=40, verbose_name="reach")),
                ("destination", models.CharField(max_length=500, verbose_name="address")),
                ("events", models.JSONField(default=list, verbose_name="events")),
                (
                    "secret",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="subscriptions",
                        to="webhooks.webhooksecret",
                        verbose_name="secret",
                    ),
                ),
                ("fact_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="as of")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="first seen")),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted")),
            ],
            options={
                "verbose_name": "webhook subscription",
                "verbose_name_plural": "webhook subscriptions",
                "permissions": [("manage_subscriptions", "Can subscribe to and unsubscribe from webhooks")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "company_uuid", "remote_id"), name="subscription_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="partners.partneraccount",
                        verbose_name="account",
                    ),
                ),
                (
                    "secret",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="webhooks.webhooksecret",
                        verbose_name="secret",
                    ),
                ),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="received")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ("event", models.CharField(blank=True, max_length=120, verbose_name="event")),
                ("company_uuid", models.UUIDField(blank=True, null=True, verbose_name="company")),
                ("event_at", models.DateTimeField(blank=True, null=True, verbose_name="happened")),
                ("subject", models.CharField(blank=True, max_length=64, verbose_name="about")),
                ("body", portal.partners.fields.EncryptedTextField(blank=True, verbose_name="body")),
                ("encoding", models.CharField(default="utf-8", max_length=10, verbose_name="encoding")),
                ("headers", models.JSONField(default=dict, verbose_name="headers")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="sender's address")),
                (
                    "state",
                    models.CharField(
                        choices=[("STORED", "Stored"), ("DONE", "Done"), ("IGNORED", "Ignored"), ("FAILED", "Failed")],
                        default="STORED",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("traceback", portal.partners.fields.EncryptedTextField(blank=True, verbose_name="last error")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now, verbose_name="next try")),
                ("claim", models.UUIDField(blank=True, null=True)),
                ("processed_at", models.DateTimeField(blank=True, null=True, verbose_name="processed")),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "ordering": ["-id"],
                "permissions": [("process_delivery", "Can process deliveries again and see why they failed")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "STORED")), fields=["not_before", "id"], name="delivery_due"
                    ),
                    models.Index(fields=["account", "digest"], name="delivery_twins"),
                    models.Index(fields=["account", "id"], name="delivery_in_list"),
                    models.Index(fields=["account", "state", "-id"], name="delivery_account_state"),
                    models.Index(fields=["account", "event", "-id"], name="delivery_account_event"),
                    models.Index(fields=["company_uuid", "-id"], name="delivery_company"),
                    models.Index(
                        condition=models.Q(("subject", ""), _negated=True),
                        fields=["subject", "-id"],
                        name="delivery_subject",
                    ),
                ],
            },
        ),
    ]
