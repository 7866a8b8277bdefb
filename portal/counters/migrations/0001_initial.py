from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("hour", models.CharField(blank=True, max_length=13)),
                ("key", models.CharField(max_length=200)),
                ("part", models.BigIntegerField(default=0)),
                ("amount", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("part", 0), _negated=True), fields=["id"], name="tally_unfolded")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account_id", "name", "hour", "key", "part"), name="tally_once")
                ],
            },
        ),
    ]
