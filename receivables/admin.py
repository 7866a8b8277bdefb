"""The app's lists in the admin; each has its module."""

from receivables import collection_admin, credit_admin, messages_admin

__all__ = ["collection_admin", "credit_admin", "messages_admin"]
