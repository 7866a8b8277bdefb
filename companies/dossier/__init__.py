"""
The authorization dossier: who asked for a company's authorization, who signed, how, and what told us.

Entries form a hash chain per company, written in the transaction of what they tell (`chain`), anchored in the database
and signed. `document` gives them as data, `pdf` as pages; `verification` says whether a file of either kind is true.
"""

from companies.dossier.chain import add
from companies.dossier.evidence import Evidence, told_by

__all__ = ["Evidence", "add", "told_by"]
