"""Make a letter of an invitation: the template compiled once, the person's values filled in."""

from datetime import datetime

from afterword.core.links import open_link, survey_link, trap_link, unsubscribe_link
from afterword.mail.message.letter import letter_of
from afterword.mail.message.return_path import reply_address
from afterword.mail.senders.find import sender_of
from afterword.mail.ways.way import Letter
from afterword.sending.models import Mail
from afterword.survey_templates.letters.compose import Links
from afterword.survey_templates.letters.of_customer import person_of
from afterword.survey_templates.letters.of_version import compiled
from afterword.survey_templates.metrics import Metric
from afterword.surveys.models import Invitation

# Gmail counts complaints by the fields before it, which it shows to whoever signs for the domain:
# https://support.google.com/a/answer/6254652
SENDER_ID = "afterword"


def letter(mail: Mail, now: datetime) -> Letter:
    """Compose the mail of an invitation; raises DesignRefused or MessageRefused if it can't be."""
    invitation: Invitation = mail.matter
    campaign, version = invitation.survey.campaign, invitation.asks
    metric = Metric(invitation.survey.metric)
    links = links_of(invitation, tracks_opens=campaign.workspace.tracks_opens)
    reply_to = reply_address(mail.id) if version.said.reply else ""
    rendered = compiled(version, metric, invitation.language, takes_replies=bool(reply_to)).render(
        person_of(mail.customer, mail.recipient, campaign.name), links
    )
    return letter_of(
        mail.id,
        mail.workspace_id,
        rendered,
        now,
        sender=sender_of(campaign.workspace),
        sender_name=version.looks.sender_name or campaign.workspace.name,
        recipient=mail.recipient,
        recipient_name=mail.customer.full_name if mail.customer else "",
        unsubscribe=links.unsubscribe,
        feedback_id=f"{campaign.id}:{campaign.workspace_id}:{metric}:{SENDER_ID}",
        reply_to=[reply_to],
        list_name=f"surveys-{campaign.id}",
    )


def links_of(invitation: Invitation, *, tracks_opens: bool) -> Links:
    return Links(
        survey_link(invitation.answer_token),
        unsubscribe_link(invitation.unsubscribe_token),
        trap=trap_link(invitation.answer_token),
        open_pixel=open_link(invitation.id) if tracks_opens else "",
    )
