import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SyncRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=60, verbose_name="what")),
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
                ("company_uuid", models.UUIDField(blank=True, null=True, verbose_name="company")),
                ("lease", models.UUIDField(editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("RUNNING", "Running"),
                            ("DONE", "Done"),
                            ("PART", "Goes on"),
                            ("FAILED", "Failed"),
                            ("LOST", "Broken off"),
                        ],
                        default="RUNNING",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("since", models.DateTimeField(blank=True, null=True, verbose_name="changes from")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="changes until")),
                ("is_whole", models.BooleanField(default=True, editable=False)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="started")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                ("calls", models.PositiveIntegerField(default=0, verbose_name="calls")),
                ("pages", models.PositiveIntegerField(default=0, verbose_name="pages")),
                ("asking_ms", models.PositiveIntegerField(default=0, verbose_name="ms asking")),
                ("writing_ms", models.PositiveIntegerField(default=0, verbose_name="ms writing")),
                ("seen", models.PositiveIntegerField(default=0, verbose_name="seen")),
                ("inserted", models.PositiveIntegerField(default=0, verbose_name="new")),
                ("updated", models.PositiveIntegerField(default=0, verbose_name="changed")),
                ("skipped", models.PositiveIntegerField(default=0, verbose_name="unchanged")),
                ("failed", models.PositiveIntegerField(default=0, verbose_name="failed")),
                ("position", models.JSONField(blank=True, default=dict, verbose_name="came as far as")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="error")),
            ],
            options={
                "verbose_name": "sync run",
                "verbose_name_plural": "sync runs",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["account", "source", "-id"], name="run_account_source"),
                    models.Index(fields=["started_at"], name="run_started"),
                    models.Index(
                        condition=models.Q(("company_uuid__isnull", False)),
                        fields=["company_uuid", "source", "-id"],
                        name="run_company",
                    ),
                    models.Index(fields=["account", "id"], name="run_in_list"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=60)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.partneraccount",
                    ),
                ),
                ("company_uuid", models.UUIDField(blank=True, null=True)),
                ("done_until", models.DateTimeField(blank=True, null=True)),
                ("window_until", models.DateTimeField(blank=True, null=True)),
                ("position", models.JSONField(blank=True, default=dict)),
                ("next_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("pause", models.FloatField(default=0.0)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("lease", models.UUIDField(blank=True, null=True)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["next_at"], name="cursor_due")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("company_uuid", None)),
                        fields=("source", "account"),
                        name="cursor_account_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("company_uuid__isnull", False)),
                        fields=("source", "account", "company_uuid"),
                        name="cursor_company_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Gap",
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
                ("company_uuid", models.UUIDField(verbose_name="company")),
                ("subject", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=200, verbose_name="which")),
                (
                    "lacking",
                    models.CharField(
                        choices=[
                            ("DELIVERY", "No webhook told of it"),
                            ("LIST", "Told by webhook, not in AutoInvoice's list yet"),
                        ],
                        max_length=10,
                        verbose_name="what is lacking",
                    ),
                ),
                ("known_at", models.DateTimeField(verbose_name="known since")),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="found")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                (
                    "asked",
                    models.CharField(
                        blank=True,
                        choices=[("RESEND", "Missed events asked for again"), ("WINDOW", "The company's list is read")],
                        max_length=10,
                        verbose_name="asked for",
                    ),
                ),
                ("asked_at", models.DateTimeField(blank=True, null=True, verbose_name="asked")),
            ],
            options={
                "verbose_name": "gap",
                "verbose_name_plural": "gaps",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["account", "-id"], name="gap_account"),
                    models.Index(
                        condition=models.Q(("closed_at", None)), fields=["account", "known_at"], name="gap_open"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "company_uuid", "subject", "lacking"), name="gap_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Drift",
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
                ("company_uuid", models.UUIDField(verbose_name="company")),
                ("source", models.CharField(max_length=60, verbose_name="what")),
                ("subject", models.CharField(max_length=80)),
                ("title", models.CharField(max_length=200, verbose_name="which")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("MISSING", "Was missing here"),
                            ("DIFFERENT", "Was different here"),
                            ("GONE", "Is not in AutoInvoice's list"),
                        ],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=60, verbose_name="fact")),
                ("local", models.CharField(blank=True, max_length=300, verbose_name="here")),
                ("remote", models.CharField(blank=True, max_length=300, verbose_name="at AutoInvoice")),
                ("since", models.DateTimeField(blank=True, null=True, verbose_name="since")),
                ("found_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="found")),
                ("event", models.CharField(blank=True, max_length=120, verbose_name="should have been told by")),
                ("delivery_id", models.BigIntegerField(blank=True, null=True)),
                (
                    "repair",
                    models.CharField(
                        choices=[("WRITTEN", "Written from AutoInvoice's list"), ("LOOK", "Looked up by its id")],
                        default="WRITTEN",
                        max_length=10,
                        verbose_name="mended",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="drifts",
                        to="sync.syncrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "drift",
                "verbose_name_plural": "drift",
                "ordering": ["-id"],
                "permissions": [("reconcile", "Can compare companies with AutoInvoice now")],
                "indexes": [
                    models.Index(fields=["account", "-id"], name="drift_account"),
                    models.Index(fields=["account", "found_at"], name="drift_found"),
                    models.Index(fields=["company_uuid", "-id"], name="drift_company"),
                    models.Index(fields=["run"], name="drift_run"),
                ],
            },
        ),
    ]
