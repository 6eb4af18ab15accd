"""Such mails as a kind of mail. They are no surveys, and count as none."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from afterword.followups.written_mail import (
    Manner,
    Matter,
    Values,
    letter,
    manner_of,
    matter_of,
    own_senders,
)
from afterword.followups.you_said.models import Told, YouSaid
from afterword.sending.kinds import Kind, Unwanted
from afterword.sending.models import Mail
from afterword.sending.streams import StreamKind
from afterword.survey_templates.letters.of_version import SOMEBODY
from afterword.surveys.models import Invitation

YOU_SAID = "you_said"
YOU_SAID_TRIAL = "you_said_trial"


def _may_still_go(mails: Sequence[Mail], _now: datetime) -> dict[UUID, Unwanted]:
    """Ask whether it goes on, and its reader is still one; give the others their `matter`."""
    related = ("you_said", "response__campaign__template__workspace__brand")
    told = Told.objects.select_related(*related).in_bulk([mail.id for mail in mails])
    surveys = {one.response.survey_id for one in told.values()}
    invitations = Invitation.objects.in_bulk([id_ for id_ in surveys if id_])
    senders = own_senders((one.id, one.workspace_id, one.you_said) for one in told.values())
    unwanted: dict[UUID, Unwanted] = {}
    for mail in mails:
        one = told.get(mail.id)
        if one is None or mail.customer is None:
            unwanted[mail.id] = Unwanted(detail={"customer": "deleted"})
        elif one.you_said.stopped_at:
            unwanted[mail.id] = Unwanted(detail={"you_said": "stopped"})
        elif since := mail.standing.campaigns.get(one.response.campaign_id):  # type: ignore[arg-type]
            unwanted[mail.id] = Unwanted("unsubscribed", {"since": since, "from": "campaign"})
        else:
            assert one.response.survey_id
            invitation = invitations[one.response.survey_id]
            own = senders.get(one.id)
            campaign = one.response.campaign
            manner = manner_of(campaign.template if campaign else None)
            mail.matter = matter_of(
                mail, one.you_said, one.response, invitation, sender=own, manner=manner
            )
    return unwanted


def _trial_may_go(mails: Sequence[Mail], _now: datetime) -> dict[UUID, Unwanted]:
    rows = YouSaid.objects.in_bulk({UUID(mail.about) for mail in mails})
    senders = own_senders((one.id, one.workspace_id, one) for one in rows.values())
    unwanted: dict[UUID, Unwanted] = {}
    for mail in mails:
        you_said = rows.get(UUID(mail.about))
        if you_said is None:
            unwanted[mail.id] = Unwanted(detail={"you_said": "deleted"})
        else:
            own = senders.get(you_said.id)
            mail.matter = Matter(
                you_said, Manner(), *example(), unsubscribe="", is_test=True, sender=own
            )
    return unwanted


def example() -> tuple[Values, Values]:
    """Return a person and an answer of nobody in particular."""
    own = {
        "score": 3,
        "rating_category": "Detractor",
        "comment": "This is an example of a comment.",
        "survey_link": "https://example.com/",
    }
    return {**SOMEBODY, "campaign_name": "An example"}, own


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    rows = YouSaid.objects.filter(id__in=ids)
    return {
        id_: f"You said, we did: {subject}" for id_, subject in rows.values_list("id", "subject")
    }


# The last look: it goes on, and nobody left the campaign that they answered to.
_CONDITION: LiteralString = """
    ready.customer_id IS NOT NULL AND (
        SELECT mailing.stopped_at IS NULL AND NOT EXISTS (
            SELECT FROM customers_suppression AS stop
            WHERE stop.workspace_id = ready.workspace_id AND stop.pattern = ready.recipient
              AND stop.ended_at IS NULL AND stop.campaign_id = (
                SELECT campaign_id FROM feedback_response WHERE id = told.response_id
              )
        )
        FROM followups_told AS told
        JOIN followups_yousaid AS mailing ON mailing.id = told.you_said_id
        WHERE told.id = ready.id
    )
"""
YOU_SAID_KIND = Kind(YOU_SAID, letter, _may_still_go, condition=_CONDITION)
YOU_SAID_TRIAL_KIND = Kind(YOU_SAID_TRIAL, letter, _trial_may_go)
YOU_SAID_STREAM = StreamKind(YOU_SAID, _names)
