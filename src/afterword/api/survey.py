"""POST /survey: ask customers by a transactional campaign, now or some days later."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Header
from pydantic import AfterValidator, AliasChoices, Field, model_validator

from afterword.api.access import TokenRequest, may_write
from afterword.api.envelope import Success
from afterword.api.parameters import Text
from afterword.campaigns.models import Campaign, CampaignType, Channel
from afterword.core.ids import parsed_id
from afterword.core.instants import parse_instant
from afterword.core.text import clean_json
from afterword.decisions.explain import explain
from afterword.decisions.reasons import Reason
from afterword.decisions.terms import Verdict
from afterword.surveys.by_call import Named, ask_by_call

router = Router(tags=["Surveys"])

MOST_PEOPLE = 100
MOST_DAYS = 365
MOST_CHARACTERS = 4_000  # of what is said of one customer
OWN = ("first_name", "last_name", "company", "job_title", "phone", "city", "state", "country")
_ALSO = {"first_name": "firstName", "last_name": "lastName", "job_title": "jobTitle"}
Line = Annotated[Text, Field(max_length=MOST_CHARACTERS)]


def _own(name: str) -> Any:
    return Field("", validation_alias=AliasChoices(name, _ALSO.get(name, name)))


def _storable(value: object) -> object:
    try:
        return clean_json(value)
    except RecursionError:
        raise ValueError("write a value, or a list of words: this is nested too deeply") from None


class GivenProperty(Schema):
    """A defined property of the customer; its type is known, so `type` is not looked at."""

    label: Line
    value: Annotated[Any, AfterValidator(_storable)] = None


class Subscriber(Schema):
    """Whom to ask. Names may also be written `firstName`, `lastName`, `jobTitle`."""

    email: Annotated[Text, Field(max_length=500)]
    first_name: Line = _own("first_name")
    last_name: Line = _own("last_name")
    company: Line = ""
    job_title: Line = _own("job_title")
    phone: Line = ""
    city: Line = ""
    state: Line = ""
    country: Line = ""
    tags: Annotated[list[Line], Field(max_length=100)] = []
    properties: Annotated[list[GivenProperty], Field(max_length=100)] = []

    def named(self) -> Named:
        said = {name: getattr(self, name) for name in OWN if getattr(self, name)}
        given = {each.label: each.value for each in self.properties}
        return Named(self.email, {**given, **said, "tags": self.tags})


def _storable_key(value: str) -> str:
    if "\x00" in value:
        raise ValueError("take the NUL character out")
    return value.strip()


Key = Annotated[str, AfterValidator(_storable_key), Field(max_length=255)]


class Asked(Schema):
    """`subscribers` (or `customers`), or one customer's fields beside `campaign`."""

    campaign: Annotated[Line, Field(description="The campaign's id or key.")]
    delay: Annotated[
        int | None,
        Field(
            ge=0,
            le=MOST_DAYS,
            strict=True,
            description="Whole days; in place of the campaign's own delay and time frame.",
        ),
    ] = None
    subscribers: Annotated[list[Subscriber], Field(min_length=1, max_length=MOST_PEOPLE)]

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, given: Any) -> Any:
        said = getattr(given, "_obj", given)  # as it was sent, below the framework's wrapper
        if not isinstance(said, dict) or "subscribers" in said:
            return given
        people = said.get("customers", [said] if "email" in said else None)
        return said if people is None else {**said, "subscribers": people}


class Outcome(Schema):
    email: str
    status: str
    message: str
    surveyId: UUID | None
    dueDate: datetime | None


class Outcomes(Schema):
    subscribers: list[Outcome]


@router.post("/survey", auth=may_write, response=Success[Outcomes])
def ask(
    request: TokenRequest,
    given: Asked,
    idempotency_key: Key = Header("", alias="Idempotency-Key"),  # noqa: B008  (as the framework has it)
) -> Success[Outcomes]:
    """Ask up to 100 customers: each is brought up to date, and decided as after an event.

    `status` is `queued`, or the reason why not, as in `GET /decisions`: `throttled`,
    `sampled_out`, `outside_audience`, `unsubscribed`, `suppressed`, … A call that is sent again
    with the same `Idempotency-Key` gets the same answer for an address, and asks nobody again.
    """
    campaign = _campaign(request, given.campaign)
    delay = None if given.delay is None else timedelta(days=given.delay)
    named = [subscriber.named() for subscriber in given.subscribers]
    verdicts = ask_by_call(campaign, named, idempotency_key, delay, timezone.now())
    outcomes = [_outcome(one.address, each) for one, each in zip(named, verdicts, strict=True)]
    return Success(data=Outcomes(subscribers=outcomes))


def _campaign(request: TokenRequest, said: str) -> Campaign:
    rows = Campaign.objects.visible_to(request.auth).select_related("workspace")
    id_ = parsed_id(said)
    found = rows.filter(id=id_).first() if id_ else rows.filter(key=said).first()
    if found is None:
        raise HttpError(404, "There is no campaign with this id in the workspace of the token.")
    if found.type != CampaignType.TRANSACTIONAL or found.channel != Channel.EMAIL:
        raise HttpError(400, "campaign: name a transactional campaign that sends by e-mail.")
    return found


def _outcome(email: str, verdict: Verdict) -> Outcome:
    detail = verdict.detail
    is_queued = verdict.reason is Reason.SCHEDULED
    due = detail.get("due_at") if is_queued else None
    return Outcome(
        email=email,
        status="queued" if is_queued else verdict.reason.value,
        message=explain(verdict.reason, detail),
        surveyId=detail.get("survey_id") if is_queued else None,
        dueDate=parse_instant(due) if isinstance(due, str) else due,
    )
