"""The app's lists in the admin; each has its module."""

from receivables import billing_admin, collection_admin, credit_admin, levels_admin, messages_admin, money_admin

__all__ = ["billing_admin", "collection_admin", "credit_admin", "levels_admin", "messages_admin", "money_admin"]
