"""Counts of rows, by partner account, as parts that are added up."""

from django.db import models


class Tally(models.Model):
    """
    How many rows of a counted table share a key; the count is the sum of all parts.

    Every transaction adds a part of its own, so that writers never wait for each other; folding adds them into part 0.
    """

    account_id = models.BigIntegerField()
    name = models.CharField(max_length=60)  # of the declaration
    hour = models.CharField(max_length=13, blank=True)  # "2026-11-30T06" in UTC; "" where it is not counted by time
    key = models.CharField(max_length=200)  # the values counted by, joined
    part = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "name", "hour", "key", "part"], name="tally_once")]
        indexes = [models.Index(fields=["id"], name="tally_unfolded", condition=~models.Q(part=0))]

    def __str__(self) -> str:
        return f"{self.name} {self.key}: {self.amount}"
