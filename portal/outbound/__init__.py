"""
The few calls that leave the house for somebody else than AutoInvoice: where they may go, and how they are made.

Knows no model. The errors are those of `portal.maventa`, so that operations treat them alike.
"""

from portal.outbound.addresses import AddressRefusedError, Target, check
from portal.outbound.posting import Posted, post

__all__ = ["AddressRefusedError", "Posted", "Target", "check", "post"]
