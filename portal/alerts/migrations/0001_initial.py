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
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partneraccount",
                        verbose_name="account",
                    ),
                ),
                ("kind", models.CharField(max_length=60, verbose_name="what")),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Warning"), (2, "Serious")], default=1, verbose_name="severity"
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0, verbose_name="how many")),
                ("weight", models.PositiveBigIntegerField(default=0)),
                ("text", models.CharField(max_length=500, verbose_name="what is wrong")),
                ("examples", models.JSONField(default=list)),
                ("url", models.CharField(blank=True, max_length=500)),
                ("opened_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="since")),
                ("measured_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("calm_since", models.DateTimeField(blank=True, null=True)),
                ("raises", models.PositiveIntegerField(default=0, verbose_name="raised")),
                ("raised_at", models.DateTimeField(blank=True, null=True, verbose_name="last raised")),
                ("raised_weight", models.PositiveBigIntegerField(default=0)),
                ("muted_until", models.DateTimeField(blank=True, null=True, verbose_name="muted until")),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True, verbose_name="acknowledged")),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
            ],
            options={
                "verbose_name": "alert",
                "verbose_name_plural": "alerts",
                "ordering": ["-id"],
                "permissions": [("work_alert", "Can acknowledge and mute alerts")],
                "indexes": [
                    models.Index(fields=["account", "-id"], name="alert_list"),
                    models.Index(fields=["account", "kind", "-id"], name="alert_kind"),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", False)), fields=["ended_at", "id"], name="alert_ended"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("account", "kind"), name="alert_open_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, verbose_name="what")),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partneraccount",
                        verbose_name="only for account",
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="on")),
                ("threshold", models.PositiveIntegerField(verbose_name="from")),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Warning"), (2, "Serious")], default=1, verbose_name="severity"
                    ),
                ),
                (
                    "worse_percent",
                    models.PositiveIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(10000),
                        ],
                        verbose_name="raise again when grown by %",
                    ),
                ),
                (
                    "calm_minutes",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[django.core.validators.MaxValueValidator(1440)],
                        verbose_name="ends after calm minutes",
                    ),
                ),
            ],
            options={
                "verbose_name": "alert rule",
                "verbose_name_plural": "alert rules",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("account", None)), fields=("kind",), name="alert_rule_general_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("account__isnull", False)),
                        fields=("kind", "account"),
                        name="alert_rule_account_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Destination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partneraccount",
                        verbose_name="only for account",
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[("MAIL", "E-mail"), ("WEBHOOK", "Webhook")], max_length=10, verbose_name="way"
                    ),
                ),
                ("recipients", models.TextField(blank=True, verbose_name="addresses")),
                ("url", models.CharField(blank=True, max_length=500, verbose_name="address")),
                ("secret", portal.partners.fields.EncryptedTextField(blank=True, default="", verbose_name="secret")),
                (
                    "least_severity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Warning"), (2, "Serious")], default=1, verbose_name="from severity"
                    ),
                ),
                ("tells_end", models.BooleanField(default=True, verbose_name="tell the end too")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
            ],
            options={
                "verbose_name": "alert destination",
                "verbose_name_plural": "alert destinations",
            },
        ),
        migrations.CreateModel(
            name="AlertStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="alerts.alert"
                    ),
                ),
                (
                    "occasion",
                    models.CharField(
                        choices=[
                            ("OPENED", "Opened"),
                            ("WORSE", "Grew worse"),
                            ("LASTS", "Still there after muting"),
                            ("ACKNOWLEDGED", "Acknowledged"),
                            ("MUTED", "Muted"),
                            ("UNMUTED", "Muting ended by hand"),
                            ("ENDED", "Ended"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
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
                ("note", models.CharField(blank=True, max_length=1000, verbose_name="note")),
                ("count", models.PositiveIntegerField(default=0)),
                ("text", models.CharField(blank=True, max_length=500)),
                ("examples", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "step of an alert",
                "verbose_name_plural": "steps of alerts",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partneraccount"
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="alerts.alertstep",
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="alerts.destination"
                    ),
                ),
                ("recipient", models.CharField(blank=True, max_length=254)),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "notice of an alert",
                "verbose_name_plural": "notices of alerts",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("step__isnull", False)),
                        fields=("step", "destination", "recipient"),
                        name="notice_once",
                    )
                ],
            },
        ),
    ]
