import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("contenttypes", "0002_remove_content_type_name"),
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partners.partneraccount"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SENDING", "Sending"),
                            ("ANSWERED", "Answered"),
                            ("REFUSED", "Refused"),
                            ("LOST", "Answer lost"),
                        ],
                        default="SENDING",
                        max_length=10,
                    ),
                ),
                ("before", models.JSONField(default=dict)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("deadline_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "SENDING")), fields=["deadline_at"], name="attempt_overdue"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="partners.partneraccount",
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("label", models.CharField(max_length=200, verbose_name="what")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Draft"),
                            ("COUNTING", "Being counted"),
                            ("FILLING", "Being filled"),
                            ("RUNNING", "Running"),
                            ("PAUSED", "Paused"),
                            ("DONE", "Done"),
                            ("CANCELED", "Canceled"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
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
                ("selection", models.JSONField(default=dict)),
                ("parameters", models.JSONField(default=dict)),
                ("preview", models.JSONField(default=dict)),
                ("skipped", models.JSONField(default=list)),
                ("cursor", models.BigIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "batch",
                "verbose_name_plural": "batches",
                "indexes": [
                    models.Index(fields=["account", "-created_at"], name="batch_account_created"),
                    models.Index(
                        condition=models.Q(("state__in", ("FILLING", "RUNNING"))),
                        fields=["state", "account"],
                        name="batch_live",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BatchTarget",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "batch_id", "target_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="operations.batch",
                    ),
                ),
                ("target_id", models.BigIntegerField()),
                ("left_out", models.PositiveSmallIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Operation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting"),
                            ("QUEUED", "Queued"),
                            ("SENDING", "Sending"),
                            ("UNKNOWN", "Outcome unknown"),
                            ("DONE", "Done"),
                            ("REFUSED", "Refused"),
                            ("FAILED", "Failed"),
                            ("SKIPPED", "Skipped"),
                            ("CANCELED", "Canceled"),
                        ],
                        default="QUEUED",
                        max_length=10,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="operations",
                        to="partners.partneraccount",
                    ),
                ),
                (
                    "target_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contenttypes.contenttype"
                    ),
                ),
                ("target_id", models.BigIntegerField()),
                ("company_uuid", models.UUIDField(blank=True, null=True)),
                ("onboarding_id", models.BigIntegerField(blank=True, null=True)),
                ("parameters", models.JSONField(default=dict)),
                ("fingerprint", models.CharField(max_length=64)),
                ("group_key", models.CharField(blank=True, max_length=200)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="operations",
                        to="operations.batch",
                    ),
                ),
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
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "attempt",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="members",
                        to="operations.attempt",
                    ),
                ),
                ("looks", models.PositiveSmallIntegerField(default=0)),
                ("not_before", models.DateTimeField(default=django.utils.timezone.now)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("result", models.JSONField(default=dict)),
                ("error_code", models.CharField(blank=True, max_length=80)),
                ("error_text", models.TextField(blank=True)),
                ("error_details", models.JSONField(default=list)),
                ("remedy", models.TextField(blank=True)),
                ("remedy_by", models.CharField(blank=True, max_length=20)),
                ("named_case", models.CharField(blank=True, max_length=200)),
                ("history", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "operation",
                "verbose_name_plural": "operations",
                "indexes": [
                    models.Index(
                        condition=models.Q(("group_key", ""), ("state", "QUEUED")),
                        fields=["account", "batch", "not_before", "id"],
                        name="operation_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "QUEUED"), models.Q(("group_key", ""), _negated=True)),
                        fields=["account", "kind", "group_key", "not_before"],
                        name="operation_due_group",
                    ),
                    models.Index(
                        condition=models.Q(("state", "UNKNOWN")),
                        fields=["account", "not_before"],
                        name="operation_unknown",
                    ),
                    models.Index(
                        condition=models.Q(("state", "WAITING")), fields=["not_before"], name="operation_waiting"
                    ),
                    models.Index(fields=["account", "state", "-id"], name="operation_account_state"),
                    models.Index(fields=["company_uuid", "-id"], name="operation_company"),
                    models.Index(fields=["onboarding_id", "-id"], name="operation_onboarding"),
                    models.Index(fields=["batch", "state"], name="operation_batch_state"),
                    models.Index(fields=["target_type", "target_id", "-id"], name="operation_target"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("WAITING", "QUEUED", "SENDING", "UNKNOWN"))),
                        fields=("kind", "target_type", "target_id", "fingerprint"),
                        name="operation_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Wait",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="waits", to="operations.operation"
                    ),
                ),
                ("fact", models.CharField(max_length=120)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("fact", "operation"), name="wait_once")],
            },
        ),
    ]
