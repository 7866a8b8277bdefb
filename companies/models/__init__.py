"""
The customer companies: mirrors of what AutoInvoice knows, and beside them what staff typed.

Mirror rows (Company, NetworkProfile, CompanyUser) hold remote facts, are written by operations, webhooks and sync
only, and keep the time each fact was true (`fact_at`). Onboarding, Authorization and the files of companies are ours.
"""

from companies.models.authorization import Authorization
from companies.models.business_id import BusinessIdColumns
from companies.models.case import Case, CaseEntry, CaseQuerySet
from companies.models.company import Company, CompanyQuerySet, company_of
from companies.models.department import Department
from companies.models.history import DossierEntry, DossierHead, StateChange
from companies.models.identity_change import IdentityChange, IdentityTick
from companies.models.import_file import ColumnMapping, ImportFile, ImportRow
from companies.models.note import Note, Tag, TagQuerySet
from companies.models.onboarding import Onboarding
from companies.models.profile import NetworkProfile
from companies.models.proof import ProofOfReception
from companies.models.quiet import QuietCompany
from companies.models.reminder import Reminder, ReminderRule, ReminderTemplate
from companies.models.rotation import KeyRotation, RotationState
from companies.models.service import ServiceQuerySet, ServiceState
from companies.models.supplier import Supplier, SupplierQuery
from companies.models.takeover import Takeover, TakeoverQuerySet
from companies.models.user import CompanyUser

__all__ = [
    "Authorization",
    "BusinessIdColumns",
    "Case",
    "CaseEntry",
    "CaseQuerySet",
    "ColumnMapping",
    "Company",
    "CompanyQuerySet",
    "CompanyUser",
    "Department",
    "DossierEntry",
    "DossierHead",
    "IdentityChange",
    "IdentityTick",
    "ImportFile",
    "ImportRow",
    "KeyRotation",
    "NetworkProfile",
    "Note",
    "Onboarding",
    "ProofOfReception",
    "QuietCompany",
    "Reminder",
    "ReminderRule",
    "ReminderTemplate",
    "RotationState",
    "ServiceQuerySet",
    "ServiceState",
    "StateChange",
    "Supplier",
    "SupplierQuery",
    "Tag",
    "TagQuerySet",
    "Takeover",
    "TakeoverQuerySet",
    "company_of",
]
