"""The page of the workspace's file: for owners and admins, to look at and to download."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from afterword.apply.writing.files import packed
from afterword.apply.writing.workspace import write
from afterword.workspaces.access import for_administrators
from afterword.workspaces.models import Member

SHOWN = 200  # lines; the file has all of them


@require_safe
@for_administrators
def workspace_file(request: HttpRequest, member: Member) -> HttpResponse:
    written = write(member.workspace)
    lines = written.text.splitlines()
    return render(
        request,
        "apply/file.html",
        {
            "name": _name(member),
            "beginning": "\n".join(lines[:SHOWN]),
            "rest": max(0, len(lines) - SHOWN),
            "logos": len(written.logos),
        },
    )


@require_safe
@for_administrators
def download(request: HttpRequest, member: Member) -> HttpResponse:
    name = _name(member)
    response = HttpResponse(packed(write(member.workspace), name), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name.removesuffix(".yaml")}.zip"'
    return response


def _name(member: Member) -> str:
    return f"{slugify(member.workspace.name) or 'workspace'}.yaml"
