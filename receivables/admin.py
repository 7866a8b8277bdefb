"""The app's lists in the admin; each has its module."""

from receivables import credit_admin

__all__ = ["credit_admin"]
