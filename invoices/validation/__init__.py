"""What validators say of a file, in staff words and at the lines that they speak of: AutoInvoice's, or ours."""

from invoices.validation.asking import by_autoinvoice, by_published_rules
from invoices.validation.model import Checked, Group, Meaning, Point

__all__ = ["Checked", "Group", "Meaning", "Point", "by_autoinvoice", "by_published_rules"]
