"""
What the portal asks of AutoInvoice about companies: one class per API resource.

They speak the API's words, return frozen results, write nothing and know no model. A client that speaks for the company
in question is given to them; `companies.clients` makes one.
"""

from companies.services.authorizations import AuthorizationAnswer, AuthorizationService, CompanyStatus
from companies.services.companies import CompanyForm, CompanyService, CreatedCompany, ListedCompany
from companies.services.departments import DepartmentForm, DepartmentService, ListedDepartment
from companies.services.lookups import Availability, LookupService, Operator, PartnerLookupService, Receiver
from companies.services.national import (
    AtgAgreement,
    AtgTerms,
    B2cnoStatus,
    B2cseAgreement,
    B2cseTerms,
    Consumer,
    ConsumerService,
    Mandate,
    NationalService,
    OdpCompany,
)
from companies.services.networks import NetworkService, Profile, ProfileEvent, ProfileRequest
from companies.services.scan import (
    AutoScanConfiguration,
    LyantheScan,
    LyantheService,
    ReturnAddress,
    ScanConfiguration,
    ScanService,
)
from companies.services.settings import SettingsService
from companies.services.suppliers import Addressee, FoundSupplier, NotificationAnswer, SupplierAnswer, SupplierService
from companies.services.takeovers import RequestedTakeover, TakeoverService
from companies.services.users import CreatedUser, User, UserRequest, UserService
from companies.services.vendors import VendorService, VendorState

__all__ = [
    "Addressee",
    "AtgAgreement",
    "AtgTerms",
    "AuthorizationAnswer",
    "AuthorizationService",
    "AutoScanConfiguration",
    "Availability",
    "B2cnoStatus",
    "B2cseAgreement",
    "B2cseTerms",
    "CompanyForm",
    "CompanyService",
    "CompanyStatus",
    "Consumer",
    "ConsumerService",
    "CreatedCompany",
    "CreatedUser",
    "DepartmentForm",
    "DepartmentService",
    "FoundSupplier",
    "ListedCompany",
    "ListedDepartment",
    "LookupService",
    "LyantheScan",
    "LyantheService",
    "Mandate",
    "NationalService",
    "NetworkService",
    "NotificationAnswer",
    "OdpCompany",
    "Operator",
    "PartnerLookupService",
    "Profile",
    "ProfileEvent",
    "ProfileRequest",
    "Receiver",
    "RequestedTakeover",
    "ReturnAddress",
    "ScanConfiguration",
    "ScanService",
    "SettingsService",
    "SupplierAnswer",
    "SupplierService",
    "TakeoverService",
    "User",
    "UserRequest",
    "UserService",
    "VendorService",
    "VendorState",
]
