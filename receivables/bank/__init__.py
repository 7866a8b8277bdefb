"""
Rows of a company's bank account: read from CSV or CAMT.053, and matched to assignments that are still open.

Buyers who paid the company itself are otherwise reminded although they have paid.
"""

from receivables.bank.reading import read
from receivables.bank.rows import BankFileError, BankRow

__all__ = ["BankFileError", "BankRow", "read"]
