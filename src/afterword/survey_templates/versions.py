"""Versions of templates: what surveys remember of what they were sent with, made at first use."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Max

from afterword.survey_templates.look import COLOUR, Look, written_look
from afterword.survey_templates.models import Template, TemplateVersion, workspace_brand

_encode = msgspec.json.Encoder(order="deterministic").encode


def look_of(template: Template) -> Look:
    """Return the look of a template, whose workspace and brand are loaded (`with_brand`)."""
    brand = workspace_brand(template.workspace)
    has_own = bool(template.logo_id or template.logo_url)
    logo = template if has_own or brand is None else brand
    return Look(
        company=template.workspace.name,
        logo=str(logo.logo_id or ""),
        logo_width=(logo.logo and logo.logo.width) or 0,
        logo_height=(logo.logo and logo.logo.height) or 0,
        logo_url="" if logo.logo_id else logo.logo_url,
        colour=colour_of(template),
        sender_name=template.sender_name or (brand.sender_name if brand else ""),
        footer=brand.footer if brand else "",
    )


def colour_of(template: Template) -> str:
    brand = workspace_brand(template.workspace)
    return template.colour or (brand.colour if brand else "") or COLOUR


def current(template_ids: Collection[UUID], now: datetime) -> dict[UUID, TemplateVersion]:
    """Return the version that each template is at, by its key; two queries, unless one is new."""
    templates = Template.objects.with_brand().in_bulk(template_ids)
    wanted = {id_: _draft(template, now) for id_, template in templates.items()}
    digests = {version.digest for version in wanted.values()}
    rows = TemplateVersion.objects.filter(template_id__in=template_ids, digest__in=digests)
    made = {(version.template_id, version.digest): version for version in rows}
    found = {}
    for id_, draft in wanted.items():
        found[id_] = made.get((id_, draft.digest)) or _make(draft)
        found[id_].template = templates[id_]
    return found


def current_of(template: Template, now: datetime) -> TemplateVersion:
    return current([template.id], now)[template.id]


def _draft(template: Template, now: datetime) -> TemplateVersion:
    look = written_look(look_of(template))
    digest = hashlib.sha256(_encode([template.document, look])).hexdigest()
    return TemplateVersion(
        template_id=template.id,
        document=template.document,
        look=look,
        digest=digest,
        created_at=now,
    )


@transaction.atomic
def _make(draft: TemplateVersion) -> TemplateVersion:
    """Number and keep a version; of two who do so at once, the second finds the first one's."""
    Template.objects.select_for_update(no_key=True).get(id=draft.template_id)
    rows = TemplateVersion.objects.filter(template_id=draft.template_id)
    if made := rows.filter(digest=draft.digest).first():
        return made
    last = rows.aggregate(last=Max("number"))["last"] or 0
    draft.number = last + 1
    draft.save(force_insert=True)
    return draft
