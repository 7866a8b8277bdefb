"""
What the portal asks of AutoInvoice about companies: one class per API resource.

They speak the API's words, return frozen results, write nothing and know no model. A client that speaks for the company
in question is given to them; `companies.clients` makes one.
"""

from companies.services.authorizations import AuthorizationAnswer, AuthorizationService, CompanyStatus
from companies.services.companies import CompanyForm, CompanyService, CreatedCompany, ListedCompany
from companies.services.lookups import Availability, LookupService, Operator, PartnerLookupService, Receiver
from companies.services.networks import NetworkService, Profile, ProfileEvent, ProfileRequest
from companies.services.settings import SettingsService
from companies.services.users import CreatedUser, User, UserRequest, UserService
from companies.services.vendors import VendorService, VendorState

__all__ = [
    "AuthorizationAnswer",
    "AuthorizationService",
    "Availability",
    "CompanyForm",
    "CompanyService",
    "CompanyStatus",
    "CreatedCompany",
    "CreatedUser",
    "ListedCompany",
    "LookupService",
    "NetworkService",
    "Operator",
    "PartnerLookupService",
    "Profile",
    "ProfileEvent",
    "ProfileRequest",
    "Receiver",
    "SettingsService",
    "User",
    "UserRequest",
    "UserService",
    "VendorService",
    "VendorState",
]
