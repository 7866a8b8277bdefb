"""The app's lists in the admin; each has its module."""

from receivables.billing import admin as billing_admin
from receivables.collection import admin as collection_admin
from receivables.credit import admin as credit_admin
from receivables.levels import admin as levels_admin
from receivables.messages import admin as messages_admin
from receivables.money import admin as money_admin

__all__ = ["billing_admin", "collection_admin", "credit_admin", "levels_admin", "messages_admin", "money_admin"]
