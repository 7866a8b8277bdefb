"""
One call or more of every public method that asks something of AutoInvoice.

A new method brings its example here (`test_requests.py` says so when it is missing). Where parameters may be left
out, one example gives all and one gives none.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

import companies.services as company_services
import invoices.services as invoice_services
import receivables.services as receivable_services
from companies import business_ids, policies
from companies.networks import catalogue
from companies.services import (
    Addressee,
    AtgTerms,
    AuthorizationService,
    B2cseTerms,
    CompanyForm,
    CompanyService,
    ConsumerService,
    DepartmentForm,
    DepartmentService,
    LookupService,
    LyantheService,
    NationalService,
    NetworkService,
    PartnerLookupService,
    ProfileRequest,
    ReturnAddress,
    ScanService,
    SettingsService,
    SupplierService,
    TakeoverService,
    UserRequest,
    UserService,
    VendorService,
)
from companies.services.settings import BLOCKS
from invoices.detect.words import CHECKS, REASONS
from invoices.receiving.return_formats import IMAGE_FORMS, XML_FORMS
from invoices.sending.option_forms import OptionsForm
from invoices.services import (
    BankMessageService,
    DetectService,
    DocumentService,
    FraudReportService,
    InvoiceService,
    Letters,
    NemhandelService,
    NewDocument,
    PartnerInvoiceService,
    PrintingService,
    Registration,
    RerouteService,
    Route,
    SendingOptions,
    ValidatorService,
)
from invoices.trade import answers
from invoices.trade.kinds import DocumentType
from portal import maventa
from portal.partners import checks
from portal.webhooks import services as webhook_services
from portal.webhooks.enums import Reach
from portal.webhooks.services import NotificationService
from receivables import wire
from receivables.levels import listing as levels
from receivables.services import (
    Address,
    AmiliService,
    AmiliTerms,
    AssignmentService,
    BillingService,
    CreditService,
    EventService,
    HandOverService,
    IntrumService,
    IntrumTerms,
    LevelService,
    MessageService,
    OlderTerms,
    PayerTerms,
    Place,
    RopoService,
    Terms,
)
from receivables.services.credit import CreditForm, WantedTerms

SERVICE_MODULES = (company_services, invoice_services, receivable_services, webhook_services)

ID = UUID("33333333-3333-4333-8333-333333333333")
OTHER_ID = UUID("44444444-4444-4444-8444-444444444444")
MOMENT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Example:
    method: Callable[..., Any]
    call: Callable[[maventa.Client], Any]
    case: str = ""

    def __str__(self) -> str:
        return f"{self.method.__qualname__}{'-' if self.case else ''}{self.case}"


def _of(method: Callable[..., Any], *given: Any, case: str = "", **named: Any) -> Example:
    """Return an example that calls a service's method; the pages of a list are all read."""
    name = method.__name__

    def call(client: maventa.Client) -> Any:
        answer = getattr(_class_of(method)(client), name)(*given, **named)
        return list(answer) if isinstance(answer, Iterator) else answer

    return Example(method, call, case)


def _class_of(method: Callable[..., Any]) -> Any:
    return getattr(__import__(method.__module__, fromlist=["x"]), method.__qualname__.split(".")[0])


_COMPANY = CompanyForm(
    name="Kuura Oy", bid="FI12345671", no_vat=False, address1="Katu 1", address2="B 2", post_code="00100",
    post_office="Helsinki", city="Helsinki", state="Uusimaa", country="FI", email="office@kuura.test",
)  # fmt: skip
_SCAN = {
    "return_email": "scans@kuura.test",
    "return_address": {"post_code": "00100", "post_office": "Helsinki", "street_address": "Katu 1"},
    "other_docs": True,
}
_XML = maventa.FilePart("file", "invoice.xml", b"<Invoice/>", "application/xml")
_DOCUMENT = NewDocument(
    type="ORDER", transmission_id=str(ID), recipient_eia="0216:003712345671", recipient_operator="PEPPOL"
)
_WHOLE_DOCUMENT = msgspec.structs.replace(
    _DOCUMENT, recipient_name="Kuura Oy", recipient_country="FI", external_id="17"
)
_ALL_OPTIONS = SendingOptions(
    format="PEPPOLBIS30", recipient_type="consumer", recipient_eia="003712345671", recipient_operator="003721291126",
    recipient_email="bills@kuura.test", disabled_routes=("print", "email"), sender_comment="March", lang="FI",
    payment_instruction_identifier="17", prevent_routing=True, print_color=False, print_letter_class="ECONOMY",
    print_own_image=True, prevent_digital_post=False, allow_kivra_fi=True, email_format="FINVOICE30",
)  # fmt: skip

_BACK = ReturnAddress(
    email="back@kuura.test", street="Katu 1", extra_line="B 2", post_code="00100", city="Helsinki", country="FI"
)
_DEPARTMENT = DepartmentForm(
    name="Varasto", bid="FI12345671", no_vat=False, eaid="6410000000001", address1="Katu 1", address2="B 2",
    post_code="00100", post_office="Helsinki", city="Helsinki", country="FI", email="store@kuura.test",
)  # fmt: skip

_AT = Address(country="FI", streets=["Katu 1"], city="Oulu", zip_code="90100")
_AMILI = AmiliTerms(
    iban="FI2112345600000785", bic="NDEAFIHH", bank="Nordea", contact_person="Pirjo", contact_email="ceo@kuura.test",
    contact_phone_number="+358401", customer_service_email="help@kuura.test", billing_address=_AT, service_type="full",
)  # fmt: skip
_HERE = Place(street="Katu 1", post_code="90100", city="Oulu", country="FI")
_PAYER = PayerTerms(name="Rannan Rauta Oy", role="main", address=_HERE)
_CASE = Terms(collection_type="collection", receivables_type="b2b", payers=[_PAYER])
_WHOLE_CASE = Terms(
    collection_type="reminder_and_collection", receivables_type="b2c_rental",
    payers=[_PAYER, PayerTerms(name="B", role="co_debtor", address=_HERE, identifier="1572860-0", ssn="131052-308T")],
    amounts={"capital_amount": 10.5, "reminder_amount": 5.0, "interest_amount": 0.25, "fees_amount": 1.0},
    assignment_summary="Rent of March", reminder_date="2026-03-01",
)  # fmt: skip
_OLDER_CASE = OlderTerms(
    collection_type="collection", payer_identifiers=["1572860-0"], payer_ssns=["131052-308T"],
    amounts={"capital_amount": 1.0, "reminder_amount": 0.0, "interest_amount": 0.0,
             "interest_calculation_date": "2026-03-01"},
    industry_specific_options={"rental": {"address": "Katu 1", "current_target_amount": 700.0,
                                          "contract_expiry_date": "2026-12-31", "contract_type": "temporary"}},
    assignment_summary="Rent of March",
)  # fmt: skip

EXAMPLES = (
    *(
        _of(AuthorizationService.request, [ID], email="ceo@kuura.test", locale=locale, case=locale)
        for locale in policies.locales()
    ),
    _of(
        AuthorizationService.request, [ID, OTHER_ID], email="ceo@kuura.test", locale="FI", authorization_id="KYC-17",
        case="own",
    ),
    _of(AuthorizationService.status, ID),
    *(
        _of(CompanyService.register, msgspec.structs.replace(_COMPANY, country=country), case=country)
        for country in business_ids.COUNTRIES
    ),
    _of(CompanyService.listed, case="all"),
    _of(CompanyService.listed, bid="FI12345671", country="FI", case="one"),
    _of(CompanyService.keep_active),
    _of(PartnerLookupService.availability, "FI", ["FI12345671", "1234567-1"]),
    _of(LookupService.receivers, ["VISMA"], case="network"),
    _of(LookupService.receivers, ["VISMA", "PEPPOL"], bid="1", eia="2", name="Kuura", country="FI", case="all"),
    *(
        _of(NetworkService.register, ProfileRequest(network=network, profiles=[catalogue.INVOICES]), case=network)
        for network in catalogue.activatable()
    ),
    _of(
        NetworkService.register,
        ProfileRequest(
            network="SCAN", profiles=["ORDER"], profile_version="PEPPOLBIS30", scheme="0037", endpoint_id="12345671",
            network_settings=_SCAN,
        ),
        case="all",
    ),
    _of(NetworkService.listed, case="all"),
    _of(NetworkService.listed, ["VISMA", "PEPPOL"], case="some"),
    _of(NetworkService.get, str(ID)),
    _of(NetworkService.remove, str(ID)),
    _of(
        NetworkService.register,
        ProfileRequest(
            network="PEPPOL",
            profiles=[catalogue.INVOICES],
            profiles_with_extensions=[{"profile_name": catalogue.INVOICES, "extensions": ["GACCOUNT10"]}],
        ),
        case="extensions",
    ),
    _of(NetworkService.change_settings, str(ID), {"return_email": "back@kuura.test", "other_docs": True}),
    _of(NetworkService.set_extensions, str(ID), catalogue.INVOICES, ["GACCOUNT10"], case="set"),
    _of(NetworkService.set_extensions, str(ID), catalogue.INVOICES, [], case="removed"),
    _of(LookupService.operators),
    _of(SettingsService.get, case="all"),
    _of(SettingsService.get, BLOCKS, case="some"),
    _of(SettingsService.change, {"details": {"name": "Kuura Oy", "website": None}, "address": {}}),
    _of(UserService.add, UserRequest(email="anna@kuura.test", first_name="Anna")),
    _of(
        UserService.add,
        UserRequest(email="anna@kuura.test", first_name="Anna", last_name="A", phone="+3584012", user_role="ADMIN"),
        case="all",
    ),
    _of(UserService.listed),
    _of(UserService.get, str(ID)),
    _of(UserService.change, str(ID), {"last_name": "Kuura", "emails_disabled": True}),
    _of(UserService.set_role, str(ID), "ADMIN"),
    _of(UserService.current),
    _of(UserService.remove, str(ID)),
    _of(VendorService.state),
    _of(VendorService.link),
    _of(VendorService.unlink),
    _of(ScanService.scan),
    _of(ScanService.activate_scan, _BACK),
    _of(ScanService.activate_scan, ReturnAddress(email="back@kuura.test"), case="mail"),
    _of(ScanService.change_scan, _BACK),
    _of(ScanService.close_scan),
    _of(ScanService.autoscan),
    _of(ScanService.set_autoscan, return_email="back@kuura.test", line_scanning=True),
    _of(ScanService.close_autoscan),
    _of(LyantheService.get, ID),
    _of(LyantheService.activate, ID, "in@lyanthe.test"),
    _of(LyantheService.close, ID),
    _of(NationalService.atg_agreements),
    _of(NationalService.atg_agreement, "12345678903"),
    _of(
        NationalService.agree_atg,
        "12345678903",
        AtgTerms(kid_length=10, reference_position="1-7", signer_email="boss@kuura.test"),
    ),
    _of(
        NationalService.change_atg,
        "12345678903",
        AtgTerms(
            kid_length=10, reference_position="1-7", payment_type_position="8-9", signer_email="boss@kuura.test",
            notification_by_print=False, notification_by_email=True,
        ),
    ),
    _of(NationalService.mandates, case="open"),
    *(_of(NationalService.mandates, query="17", status=word, case=word) for word in ("ACTIVE", "INACTIVE")),
    _of(NationalService.b2cno),
    _of(NationalService.b2cse),
    *(
        _of(NationalService.agree_b2cse, B2cseTerms(account_number="50501055", account_type=word), case=word)
        for word in ("BankGiro", "PlusGiro")
    ),
    _of(NationalService.odp, 17),
    _of(NationalService.trust_odp, 17, trusted=False),
    _of(ConsumerService.look_up, email="kari@kuura.test", ssn=""),
    _of(DepartmentService.listed),
    _of(DepartmentService.add, _DEPARTMENT),
    _of(SupplierService.query, MOMENT),
    _of(SupplierService.notify, [Addressee(email_address="a@kuura.test", name="A", language="en")]),
    _of(TakeoverService.request, ID),
    _of(TakeoverService.complete, str(ID)),
    _of(TakeoverService.revert, str(ID)),
    _of(InvoiceService.create, _XML, ID, SendingOptions()),
    _of(InvoiceService.create, _XML, ID, _ALL_OPTIONS, case="all"),
    *(
        _of(InvoiceService.create, _XML, ID, SendingOptions(**{name: word if name == "lang" else (word,)}), case=word)
        for name in ("lang", "disabled_routes")
        for word, _label in OptionsForm(one_receiver=True).fields[name].choices
        if word
    ),
    _of(InvoiceService.get, ID),
    _of(InvoiceService.find, ID),
    _of(InvoiceService.sent, since=None, until=MOMENT, case="open"),
    _of(InvoiceService.received, since=MOMENT, until=MOMENT, case="window"),
    _of(InvoiceService.actions, ID),
    _of(InvoiceService.file, ID, str(OTHER_ID), io.BytesIO()),
    *(
        _of(InvoiceService.rendered, ID, word, io.BytesIO(), case=word)
        for word in sorted({*XML_FORMS, *IMAGE_FORMS} - {""})
    ),
    *(_of(InvoiceService.mark, ID, state, case=state) for state in ("HANDLED", "CREATED")),
    _of(RerouteService.reroute, ID, Route.EINVOICE, {"recipient_eia": "003712345671", "recipient_operator": "BANK"}),
    _of(RerouteService.reroute, ID, Route.EMAIL, {"recipient_email": "a@kuura.test"}, case="email"),
    _of(
        RerouteService.reroute,
        ID,
        Route.PRINT,
        {"recipient_name": "Kuura Oy", "recipient_address1": "Street 1", "recipient_post_code": "00100",
         "recipient_post_office": "Helsinki", "recipient_country": "FI"},
        case="print",
    ),
    _of(PartnerInvoiceService.received),
    _of(PartnerInvoiceService.sent_errors, MOMENT),
    _of(ValidatorService.validate, _XML),
    _of(BankMessageService.send, _XML),
    _of(BankMessageService.status, str(ID)),
    *(_of(BankMessageService.sent, kind, MOMENT, MOMENT, case=kind) for kind in ("SENDERINFO", "RECEIVERPROPOSAL")),
    _of(BankMessageService.received, MOMENT, MOMENT),
    _of(BankMessageService.errors, MOMENT, MOMENT),
    _of(BankMessageService.sent_message, str(ID)),
    _of(BankMessageService.received_message, str(ID)),
    _of(BankMessageService.error_message, str(ID)),
    *(
        _of(
            PrintingService.register,
            Registration(
                company=ID, company_name="Kuura Oy", email="print@kuura.test", password="p", test_mode=flag, notify=flag
            ),
            case=str(flag),
        )
        for flag in (True, False)
    ),
    _of(PrintingService.send, Letters(filename=f"{ID}.zip"), io.BytesIO(b"PK")),
    _of(
        PrintingService.send,
        Letters(
            filename=f"{ID}.zip", document_type="EPL", letter_class="economy", color_print=True, duplex=True,
            license_key="L", license_meta="m",
        ),
        io.BytesIO(b"PK"),
        case="all",
    ),
    _of(PrintingService.status, f"{ID}.zip"),
    _of(AmiliService.show),
    _of(AmiliService.activate, _AMILI),
    _of(
        AmiliService.activate,
        msgspec.structs.replace(
            _AMILI, accountable_party="company", customer_service_phone_number="+358", authorization_email="a@k.test",
            postal_address=_AT,
        ),
        case="all",
    ),
    _of(AmiliService.change, service_type="express", accountable_party="vfsfi"),
    _of(AmiliService.close),
    _of(RopoService.show),
    _of(RopoService.activate, "ceo@kuura.test"),
    _of(RopoService.close),
    _of(IntrumService.show),
    _of(IntrumService.activate, IntrumTerms(agreement_contact_name="P", agreement_contact_email="a@b.test",
                                            agreement_contact_phone="+358")),
    _of(IntrumService.activate, IntrumTerms(agreement_contact_name="P", agreement_contact_email="a@b.test",
                                            agreement_contact_phone="+358", real_estate_management_company="Talo Oy"),
        case="manager"),
    _of(IntrumService.give_client_code, "K-17"),
    _of(IntrumService.close),
    _of(HandOverService.state, ID),
    _of(HandOverService.to_amili, ID, _CASE),
    _of(HandOverService.to_amili, ID, _WHOLE_CASE, case="all"),
    _of(HandOverService.to_ropo, ID, _CASE),
    _of(HandOverService.to_ropo, ID, _WHOLE_CASE, case="all"),
    _of(HandOverService.by_older_call, ID, OlderTerms(collection_type="collection", collectable_amount=5.0)),
    _of(HandOverService.by_older_call, ID, _OLDER_CASE, case="all"),
    _of(AssignmentService.pages),
    _of(
        AssignmentService.pages, status=["open", "closed"], stage="reminder", debtor_name="K", debtor_id="1",
        invoice_uuid=str(ID), invoice_number="7", created_from=MOMENT.isoformat(), created_to=MOMENT.isoformat(),
        closed_from=MOMENT.isoformat(), closed_to=MOMENT.isoformat(), due_from="2026-03-01", due_to="2026-03-31",
        case="all",
    ),
    _of(AssignmentService.get, "a-1"),
    _of(AssignmentService.overview),
    _of(EventService.pages),
    _of(
        EventService.pages, type="paid", seen=False, created_from=MOMENT.isoformat(), created_to=MOMENT.isoformat(),
        case="all",
    ),
    _of(EventService.of_assignment, "a-1"),
    _of(EventService.add, "a-1", wire.NewEvent(type="comment", text="Hello")),
    _of(
        EventService.add, "a-1",
        wire.NewEvent(type="paid", amount=12.5, payment_date="2026-03-01", due_date="2026-04-01",
                      hold_until="2026-04-02", credit_note_id=str(ID), text="x"),
        case="all",
    ),
    _of(EventService.mark_seen, "a-1", "e-1"),
    *(
        _of(DocumentService.create, [_XML], msgspec.structs.replace(_DOCUMENT, type=word), case=word)
        for word in DocumentType.values
    ),
    _of(DocumentService.create, [_XML, _XML], _WHOLE_DOCUMENT, case="all"),
    _of(DocumentService.get, str(ID)),
    _of(DocumentService.events, str(ID)),
    _of(DocumentService.pages, since=None, until=MOMENT, case="open"),
    _of(DocumentService.pages, since=MOMENT, until=MOMENT, direction="RECEIVED", kind="ORDER", case="window"),
    _of(DocumentService.confirm, str(ID)),
    _of(DocumentService.file, str(ID), io.BytesIO()),
    *(
        _of(NemhandelService.respond, ID, answer.code, "x" if answer.needs_reason else "", case=answer.code)
        for answer in answers.NEMHANDEL
    ),
    _of(BillingService.transactions, date(2026, 3, 1)),
    _of(LevelService.levels),
    _of(LevelService.level, "20000059"),
    *(_of(LevelService.set_level, "20000059", word, case=word) for word in levels.LEVELS),
    _of(MessageService.threads),
    _of(MessageService.thread, "thread-1"),
    _of(MessageService.flag, "thread-1", flagged=True),
    _of(MessageService.messages, "thread-1"),
    _of(MessageService.write, "thread-1", "Paid on Monday."),
    _of(MessageService.messages_of_case, "case-1"),
    _of(MessageService.write_about_case, "case-1", "Paid on Monday."),
    _of(MessageService.mark_seen, "message-1"),
    _of(DetectService.checks),
    _of(DetectService.set_checks, ["VAT", "SENDER_BID_STATUS"]),
    _of(DetectService.set_checks, [], case="off"),
    _of(DetectService.runs, ID),
    *(_of(DetectService.run_again, ID, [check], case=check) for check in CHECKS),
    _of(DetectService.definitions),
    _of(FraudReportService.definitions),
    _of(FraudReportService.of_invoice, ID),
    _of(FraudReportService.create, ID, tuple(REASONS), "desk@kuura.test", "They called."),
    _of(FraudReportService.create, ID, ("UNKNOWN_COMPANY",), "desk@kuura.test", "", case="short"),
    _of(FraudReportService.delete, ID, str(OTHER_ID)),
    _of(CreditService.offer),
    _of(CreditService.credit),
    _of(
        CreditService.activate,
        CreditForm(contact_email="ceo@kuura.test", iban="FI2112345600000785", bic="NDEAFIHH", bank="Nordea"),
    ),
    _of(CreditService.settings),
    _of(
        CreditService.change_settings,
        WantedTerms(b2c_enabled=True, payment_percent=50, interest_rate=6, credit_limit=1000.5),
    ),
    _of(CreditService.available),
    _of(CreditService.withdraw, Decimal("50.25")),
    _of(CreditService.tell_direct_payment, ID),
    _of(CreditService.statement, date(2026, 3, 2)),
    _of(NotificationService.listed),
    *(
        _of(
            NotificationService.create, destination_type=kind, destination="https://portal.test/hooks/1/",
            events=["COMPANIES.*"], case=kind,
        )
        for kind in Reach.values
    ),
    _of(NotificationService.delete, str(ID)),
    _of(NotificationService.resend_unacknowledged),
    Example(checks.check_connection, lambda client: checks.check_connection(client.credentials, lambda record: None)),
)  # fmt: skip
