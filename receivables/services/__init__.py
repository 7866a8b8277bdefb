"""
What the portal asks of AutoInvoice about receivables: one class per API resource.

They speak `receivables.wire`, return frozen results, write nothing and know no model.
"""

from receivables.services.credit import CreditService

__all__ = ["CreditService"]
