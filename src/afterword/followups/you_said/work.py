"""Telling as long work: batch by batch through the answers, the newest first."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count
from django.urls import reverse

from afterword.core.jobs import wake
from afterword.feedback.models import Response
from afterword.followups.you_said.mail import YOU_SAID
from afterword.followups.you_said.models import Became, Told, YouSaid
from afterword.followups.you_said.whom import BY_A_SURVEY, Answers, is_held_back
from afterword.long_work.kinds import Line, WorkKind
from afterword.long_work.models import Work
from afterword.sending.models import Mail

BATCH = 1_000


def step(work: Work, now: datetime) -> bool:
    """Meet the people behind the next answers; the mails are written with what says so.

    Somebody with several answers is met at the newest; the others are passed over.
    """
    rows = YouSaid.objects.visible_to(work).filter(id=work.parameters["you_said"], stopped_at=None)
    you_said = rows.first()
    if you_said is None:
        return True
    answers = Answers(you_said, now)
    if work.total is None:
        work.total = answers.of_anybody.count()
    step_ = answers.step(work.cursor or "", BATCH)
    _meet(you_said, step_.found.filter(BY_A_SURVEY).select_related("customer"), now)
    work.done += step_.looked_at
    work.cursor = step_.after
    return not step_.after


def _meet(you_said: YouSaid, answers: Iterable[Response], now: datetime) -> None:
    by_customer: dict[object, Response] = {}
    for answer in answers:
        by_customer.setdefault(answer.customer_id, answer)
    met = Told.objects.filter(you_said=you_said, customer__in=list(by_customer))
    for customer_id in met.values_list("customer_id", flat=True):
        del by_customer[customer_id]
    told = [_told(you_said, answer, now) for answer in by_customer.values()]
    Told.objects.bulk_create(told)
    mails = [_mail(one, now) for one in told if one.became == Became.MAILED]
    Mail.objects.bulk_create(mails)
    if mails:
        wake("send_due")


def _told(you_said: YouSaid, answer: Response, now: datetime) -> Told:
    assert answer.customer_id
    became = answer.why  # type: ignore[attr-defined]  # annotated
    share = you_said.held_back
    if became == Became.MAILED and is_held_back(you_said.id, answer.customer_id, share):
        became = Became.HELD_BACK
    return Told(
        workspace_id=you_said.workspace_id,
        you_said=you_said,
        customer=answer.customer,
        response=answer,
        metric=answer.metric,
        became=became,
        at=now,
    )


def _mail(told: Told, now: datetime) -> Mail:
    return Mail(
        id=told.id,
        workspace_id=told.workspace_id,
        kind=YOU_SAID,
        about=str(told.you_said_id),
        stream_kind=YOU_SAID,
        stream_id=told.you_said_id,
        customer_id=told.customer_id,
        recipient=told.customer.address,
        created_at=now,
        due_at=now,
    )


def _title(work: Work) -> str:
    return f"You said, we did: {work.parameters['subject']}"


def _report(work: Work) -> list[Line]:
    rows = Told.objects.filter(you_said=work.parameters["you_said"])
    counts = dict(rows.values_list("became").annotate(Count("id")))
    return [
        Line(str(one.label) if one is Became.MAILED or one is Became.HELD_BACK
             else f"Left out: {str(one.label).lower()}", f"{counts[one]:,}")
        for one in Became
        if one in counts
    ]  # fmt: skip


def _leads_to(work: Work) -> tuple[str, str]:
    return reverse("followups:you_said", args=[work.parameters["you_said"]]), "To the mail"


TELLING = WorkKind("followups.you_said", step, _title, _report, _leads_to, "answers")
