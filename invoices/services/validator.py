"""The Validator: one file in, a report out. It changes nothing; the words of its verdicts are not published."""

from portal import maventa
from portal.maventa import Api

SCOPE = "validate"


class Assertion(maventa.Answer, frozen=True, kw_only=True):
    """One rule that speaks of the file."""

    id: str | None = None
    status: str | None = None  # its severity or outcome; the list of words is not known
    title: str | None = None
    location: str | None = None  # XPath
    test: str | None = None
    phasein: bool | None = None  # not in force yet


class ValidationReport(maventa.Answer, frozen=True, kw_only=True):
    result: str | None = None
    service_version: str | None = None
    document_format: str | None = None
    document_version: str | None = None
    document_title: str | None = None
    document_identifier: str | None = None
    assertions: list[Assertion] | None = None


class ValidatorService:
    """Schema and rules of business documents. The client may speak for any company that has the right `validate`."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def validate(self, file: maventa.FilePart) -> ValidationReport:
        """
        Return what the Validator finds in one XML file. Source: postV1Validate.

        The answer may come in ISO-8859-15, with or without saying so.
        """
        reply = self._client.call(
            Api.VALIDATOR, "POST", "/v1/validate", answer=maventa.Whole, scope=SCOPE, files=[file], reads=True
        )
        report: ValidationReport = reply.read(ValidationReport)
        return report
