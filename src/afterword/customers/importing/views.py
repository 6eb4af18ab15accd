"""The pages of an import: bring a file, say what its columns mean, look, and start it."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterword.customers.importing.begin import begin
from afterword.customers.importing.forms import NO_ADDRESSES, FileForm, MappingForm, ReadingForm
from afterword.customers.importing.keep import SEEN, first_rows, keep, look
from afterword.customers.importing.kind import IMPORT
from afterword.customers.importing.models import Import
from afterword.customers.importing.preview import preview
from afterword.customers.importing.reading.headers import EMAIL, service_of
from afterword.customers.importing.reading.pieces import NotCsv
from afterword.customers.importing.refused import csv_of
from afterword.customers.properties import property_types
from afterword.web.download import csv_download
from afterword.workspaces.access import for_changers, for_members
from afterword.workspaces.models import Member, Role

LATEST = 10
EXAMPLES = 3


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def new(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a file in, and show what was imported lately."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = keep(
                member.workspace_id, file.name, file.chunks(), timezone.now(),
                by=member.user, may_define=Role(member.role).may_administer,
            )  # fmt: skip
        except NotCsv as refused:
            form.add_error("file", str(refused))
        else:
            return redirect("importing:mapping", kept.id)
    started = Import.objects.visible_to(member).exclude(work=None).select_related("work", "by")
    context = {"form": form, "latest": started.order_by("-created_at")[:LATEST]}
    return render(request, "customers/import.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_changers
def mapping(request: HttpRequest, member: Member, import_id: UUID) -> HttpResponse:
    """Show what the columns fill, and what the first rows become; a POST starts the import."""
    file = get_object_or_404(Import.objects.visible_to(member), id=import_id)
    if file.work_id:
        return redirect("long_work:work", file.work_id)
    form = _form(file, member, request)
    if form.is_bound and form.is_valid():
        form.apply(file)
        try:
            work = begin(file, IMPORT, form.targets, timezone.now())
        except Import.DoesNotExist:
            raise Http404 from None  # another file was brought in another tab
        return redirect("long_work:work", work.id)
    return _show(request, file, form)


@require_POST
@for_changers
def look_at(request: HttpRequest, member: Member, import_id: UUID) -> HttpResponse:
    """The part of the page that shows what the first rows become, as the form stands."""
    file = get_object_or_404(Import.objects.visible_to(member), id=import_id, work=None)
    form = _form(file, member, request)
    if "HX-Request" not in request.headers:
        return _show(request, file, form)
    if not form.is_valid():
        return render(request, "customers/import_preview.html", {"mend": form.mend})
    form.apply(file)
    context = {"preview": preview(file, form.targets)}
    return render(request, "customers/import_preview.html", context)


@require_POST
@for_changers
@transaction.atomic
def reading(request: HttpRequest, member: Member, import_id: UUID) -> HttpResponse:
    """Read the file in another encoding, or with another separator.

    It is locked: who starts it in another tab waits, or we find that it is started.
    """
    rows = Import.objects.visible_to(member).select_for_update(no_key=True)
    file = get_object_or_404(rows, id=import_id, work=None)
    form = ReadingForm(request.POST)
    if form.is_valid():
        form.apply(file)
        try:
            look(file, may_define=Role(member.role).may_administer)
        except NotCsv as refused:
            messages.error(request, f"It cannot be read so. {refused}")
    return redirect("importing:mapping", import_id)


@require_safe
@for_members
def refused(request: HttpRequest, member: Member, import_id: UUID) -> HttpResponseBase:
    """The refused rows as a file, each with its reason."""
    file = get_object_or_404(Import.objects.visible_to(member), id=import_id)
    return csv_download("refused.csv", csv_of(file))


def _form(file: Import, member: Member, request: HttpRequest) -> MappingForm:
    return MappingForm(
        file,
        property_types(member.workspace_id),
        request.POST if request.method == "POST" else None,
        may_define=Role(member.role).may_administer,
    )


def _show(request: HttpRequest, file: Import, form: MappingForm) -> HttpResponse:
    rows = [row.cells for row in first_rows(file, SEEN) if not row.problem]
    rows = rows[1:] if file.has_header else rows
    examples = [
        [row[at] for row in rows if at < len(row) and row[at].strip()][:EXAMPLES]
        for at in range(len(file.headers))
    ]
    targets = file.targets
    if form.is_bound and form.is_valid():
        form.apply(file)
        targets = form.targets
    context = {
        "file": file,
        "form": form,
        "columns": list(zip(form.columns(), examples, strict=True)),
        "reading": ReadingForm.of(file),
        "service": service_of(file.headers),
        "preview": None if form.errors or EMAIL not in targets else preview(file, targets),
        "mend": form.mend or [NO_ADDRESSES],
    }
    return render(
        request, "customers/import_mapping.html", context, status=422 if form.errors else 200
    )
