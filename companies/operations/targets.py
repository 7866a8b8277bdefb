"""What an operation of this app is about, with its type."""

from companies.models import Company, Onboarding
from companies.policies import Target
from portal.operations.models import Operation


def target_of(operation: Operation) -> Target:
    """Return the company, or the onboarding that will become one."""
    target = operation.target
    if not isinstance(target, Company | Onboarding):
        raise TypeError(f"operation {operation.pk} is about {type(target).__name__}")
    return target


def company_of(operation: Operation) -> Company:
    """Return the company of an operation that cannot come before it."""
    target = target_of(operation)
    company = target.company if isinstance(target, Onboarding) else target
    if company is None:
        raise TypeError(f"operation {operation.pk} has no company yet")
    return company


def onboarding_of(operation: Operation) -> Onboarding:
    """Return the onboarding that an operation is about."""
    target = target_of(operation)
    if not isinstance(target, Onboarding):
        raise TypeError(f"operation {operation.pk} is about a company")
    return target
