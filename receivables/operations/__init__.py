"""What staff do at agencies, one module a noun. Importing this package registers it all."""

from receivables.operations import credit, credit_withdrawal

__all__ = ["credit", "credit_withdrawal"]
