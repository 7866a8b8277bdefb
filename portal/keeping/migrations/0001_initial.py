import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LeftFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=300)),
                ("left_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "file that a row left",
                "verbose_name_plural": "files that rows left",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60, unique=True, verbose_name="what")),
                ("is_on", models.BooleanField(default=True, verbose_name="remove when old")),
                ("days", models.PositiveIntegerField(verbose_name="kept for days")),
            ],
            options={
                "verbose_name": "retention rule",
                "verbose_name_plural": "retention rules",
            },
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("RUNNING", "Running"),
                            ("DONE", "Done"),
                            ("STOPPED", "Stopped"),
                            ("FAILED", "Failed"),
                        ],
                        default="RUNNING",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("is_trial", models.BooleanField(default=False, verbose_name="only a trial")),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="started")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="error")),
                ("lease", models.UUIDField(blank=True, null=True)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "retention run",
                "verbose_name_plural": "retention runs",
                "ordering": ["-id"],
                "permissions": [("keep_house", "Can try out and start the removal of old rows")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "RUNNING")), fields=("state",), name="retention_one_at_a_time"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="keeping.retentionrun"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("days", models.PositiveIntegerField(default=0)),
                ("before", models.DateTimeField()),
                ("cursor", models.BigIntegerField(default=0)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("looked", models.PositiveBigIntegerField(default=0)),
                ("gone", models.PositiveBigIntegerField(default=0)),
                ("stayed", models.JSONField(default=dict)),
                ("oldest", models.DateTimeField(blank=True, null=True)),
                ("newest", models.DateTimeField(blank=True, null=True)),
                ("examples", models.JSONField(default=list)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "step of a retention run",
                "verbose_name_plural": "steps of retention runs",
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("run", "kind"), name="retention_step_once")],
            },
        ),
    ]
