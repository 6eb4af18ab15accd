"""All customers as a file that an import takes back as they were."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterword.customers.export import csv_of
from afterword.customers.models import Customer
from afterword.customers.properties import property_types
from afterword.web.download import csv_download
from afterword.workspaces.access import for_members
from afterword.workspaces.models import Member


@require_safe
@for_members
def export(request: HttpRequest, member: Member) -> HttpResponseBase:
    """Written while it is read."""
    rows = Customer.objects.visible_to(member).distinct_people()
    name = f"customers-{timezone.localdate().isoformat()}.csv"
    return csv_download(name, csv_of(rows, sorted(property_types(member.workspace_id))))
