"""Which files a viewer may see and work on."""

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from companies.models import ImportFile
from portal.partners.models import PartnerAccount

may_import = permission_required("companies.add_onboarding", raise_exception=True)


def accounts(request: HttpRequest) -> QuerySet[PartnerAccount]:
    """Return the active partner accounts of the viewer."""
    return PartnerAccount.objects.active().visible_to(request.user)


def files(request: HttpRequest) -> QuerySet[ImportFile]:
    """Return the files of the viewer's accounts."""
    return ImportFile.objects.filter(account__in=accounts(request)).select_related(
        "account", "created_by", "started_by"
    )


def file_or_404(request: HttpRequest, pk: int) -> ImportFile:
    """Return one file; 404 for those of other accounts."""
    return get_object_or_404(files(request), pk=pk)
