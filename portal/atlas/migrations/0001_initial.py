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
            name="UnknownError",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.CharField(max_length=30, verbose_name="area")),
                ("code", models.CharField(blank=True, max_length=80, verbose_name="code")),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="AutoInvoice's words")),
                ("digest", models.CharField(max_length=64)),
                ("count", models.PositiveIntegerField(default=0, verbose_name="how often")),
                ("first_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="first seen")),
                ("last_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="last seen")),
                (
                    "name",
                    models.CharField(
                        blank=True, help_text="A few words, for lists.", max_length=80, verbose_name="name"
                    ),
                ),
                (
                    "cause",
                    models.TextField(
                        blank=True, help_text="Why it happens, in words that colleagues know.", verbose_name="cause"
                    ),
                ),
                (
                    "remedy",
                    models.TextField(
                        blank=True, help_text="What mends it, and what to do next.", verbose_name="remedy"
                    ),
                ),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("staff", "You"),
                            ("customer", "Customer"),
                            ("signer", "Signer"),
                            ("receiver", "Receiver"),
                            ("support", "AutoInvoice support"),
                            ("autoinvoice", "AutoInvoice"),
                        ],
                        default="support",
                        max_length=20,
                        verbose_name="whose move",
                    ),
                ),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("edited_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "unknown error",
                "verbose_name_plural": "unknown errors",
                "default_permissions": ("view", "change"),
                "indexes": [models.Index(fields=["-count", "-last_at"], name="unknown_error_list")],
                "constraints": [models.UniqueConstraint(fields=("area", "digest"), name="unknown_error_once")],
            },
        ),
    ]
