"""
Which bank account a company's sender info carries.

An app to the right that knows better registers a source: with Kassavirta the account is the collection agency's.
"""

from collections.abc import Callable
from dataclasses import dataclass

from companies.models import Company


@dataclass(frozen=True, slots=True)
class Account:
    iban: str
    bic: str = ""
    owner: str = ""  # "" = the company itself


Source = Callable[[Company], Account | None]
_sources: list[Source] = []


def register_source(source: Source) -> None:
    """Add a function that names the account of a company, or None when it does not decide."""
    _sources.append(source)


def account_of(company: Company) -> Account | None:
    """Return the account that payments of the company's consumers go to, as far as anybody says."""
    return next((account for source in _sources if (account := source(company))), None)
