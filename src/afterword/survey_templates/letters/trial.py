"""A template's mail, sent to whoever writes it: as a customer would get it, but for its links."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from afterword.core.jobs import wake
from afterword.mail.message.letter import letter_of
from afterword.mail.message.rendered import Rendered
from afterword.mail.senders.find import sender_of
from afterword.mail.ways.way import Letter
from afterword.sending.kinds import Kind, Unwanted
from afterword.sending.models import Mail
from afterword.sending.streams import StreamKind
from afterword.survey_templates.letters.compose import Links, compile_mail
from afterword.survey_templates.letters.design import Design
from afterword.survey_templates.letters.of_version import SOMEBODY, design_of
from afterword.survey_templates.metrics import Metric
from afterword.survey_templates.models import Template
from afterword.survey_templates.versions import look_of
from afterword.workspaces.models import Member

TRIAL = "trial"


class _Matter(NamedTuple):
    design: Design
    sender_name: str


def send_trial(template: Template, member: Member, now: datetime) -> None:
    """Send the template's mail, as it is saved, to the member; with the caller's transaction."""
    Mail.objects.create(
        workspace_id=member.workspace_id,
        kind=TRIAL,
        about=str(template.id),
        stream_kind=TRIAL,
        stream_id=template.id,
        recipient=member.user.email,
        created_at=now,
        due_at=now,
    )
    wake("send_due")


def _may_still_go(mails: Sequence[Mail], _now: datetime) -> dict[UUID, Unwanted]:
    rows = Template.objects.with_brand().in_bulk({UUID(mail.about) for mail in mails})
    unwanted: dict[UUID, Unwanted] = {}
    for mail in mails:
        template = rows.get(UUID(mail.about))
        if template is None:
            unwanted[mail.id] = Unwanted(detail={"template": "deleted"})
            continue
        look = look_of(template)
        design = design_of(template.said, look, Metric(template.metric))
        mail.matter = _Matter(design, look.sender_name or look.company)
    return unwanted


def _letter(mail: Mail, now: datetime) -> Letter:
    assert mail.workspace
    matter: _Matter = mail.matter
    # Its links lead to the template: a test is nobody's survey.
    home = f"{settings.BASE_URL}/templates/{mail.about}"
    person = SOMEBODY | {"email": mail.recipient}
    found = compile_mail(matter.design).render(person, Links(home, home))
    return letter_of(
        mail.id,
        mail.workspace_id,
        Rendered(f"Test: {found.subject}", found.html, found.text),
        now,
        sender=sender_of(mail.workspace),
        sender_name=matter.sender_name,
        recipient=mail.recipient,
    )


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    return {one.id: f"Test of {one.name}" for one in Template.objects.filter(id__in=ids)}


TRIAL_KIND = Kind(TRIAL, _letter, _may_still_go)
TRIAL_STREAM = StreamKind(TRIAL, _names)
