"""What a new workspace still has to do until customers' answers arrive, as a list to tick off."""

from dataclasses import dataclass

from django.urls import reverse

from afterword.campaigns.models import Campaign
from afterword.events.models import Event
from afterword.feedback.models import Response
from afterword.mail.models import SenderDomain
from afterword.mail.servers.find import server_of
from afterword.surveys.models import Survey
from afterword.workspaces.models import Member, Role


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: what, why, whether it is done, and where; "" where others may do it."""

    what: str
    why: str
    is_done: bool
    address: str


@dataclass(frozen=True, slots=True)
class FirstSteps:
    steps: list[Step]
    has_answers: bool

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def percent(self) -> int:
        return 100 * self.done // len(self.steps)


def first_steps(member: Member) -> FirstSteps | None:
    """Return them; None once answers arrive by a mail server, and for those who only read.

    A domain of one's own is then no step any more: a mail server may sign by itself.
    """
    role = Role(member.role)
    has_answers = Response.objects.visible_to(member).exists()
    has_server = bool(server_of(member.workspace_id))
    if not role.may_change or (has_answers and has_server):
        return None
    for_owners = role.may_administer
    return FirstSteps(
        [
            Step(
                "Switch a campaign on",
                "It says whom to ask, after what, and by which template.",
                Campaign.objects.visible_to(member).filter(activated_at__isnull=False).exists(),
                reverse("campaigns:list"),
            ),
            Step(
                "Let your application send its events",
                "With an API token, by any Segment library; the campaign's Setup has the lines.",
                _events_or_surveys(member),
                reverse("workspaces:tokens") if for_owners else "",
            ),
            Step(
                "Set a mail server",
                "Until then all mail stays in the mailbox here, and no customer gets any.",
                has_server,
                reverse("mail:server") if for_owners else "",
            ),
            Step(
                "Prove the domain that you send from",
                "Mail that is signed for your domain reaches inboxes.",
                SenderDomain.objects.visible_to(member).filter(verified_at__isnull=False).exists(),
                reverse("senders:domains") if for_owners else "",
            ),
            Step(
                "Read the first answer",
                "It stands here with its score, and under Feedback.",
                has_answers,
                reverse("feedback:list"),
            ),
        ],
        has_answers,
    )


def _events_or_surveys(member: Member) -> bool:
    """Whoever is asked without an event, by the clock or on a page, needs none."""
    return Event.objects.visible_to(member).exists() or Survey.objects.visible_to(member).exists()
