"""No stays no: whatever happens in whatever order, nobody who stopped mail gets any."""

from collections import defaultdict
from contextlib import ExitStack
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from afterword import flow
from afterword.campaigns.models import Campaign, Reminder
from afterword.customers.models import Customer
from afterword.feedback.stopping.unsubscribe import ONE_CLICK, PAGE, resubscribe, unsubscribe
from afterword.sending.claim import claim_due, streams_waiting
from afterword.sending.hand_over import Accepted, Beginning, Group, commit
from afterword.sending.models import Mail
from afterword.suppressions.models import Suppression, SuppressionReason
from afterword.suppressions.patterns import patterns_about
from afterword.suppressions.suppress import release, suppress
from afterword.surveys.models import Invitation, Survey
from afterword.surveys.remind import schedule_reminders
from tests.factories import NOW, a_campaign, a_track, a_workspace

Reason = SuppressionReason
BY_PERSON = {Reason.UNSUBSCRIBED, Reason.COMPLAINED}
BY_REPORT = [
    Reason.COMPLAINED,
    Reason.HARD_BOUNCED,
    Reason.SOFT_BOUNCED,
    Reason.UNDELIVERABLE,
]
ADDRESSES = ["ann@example.com", "bob@mail.example.com", "eve@bücher.test"]
PATTERNS = [*ADDRESSES, "example.com", "*.example.com", "xn--bcher-kva.test"]
addresses, patterns = st.sampled_from(ADDRESSES), st.sampled_from(PATTERNS)


class Stopping(RuleBasedStateMachine):
    """`stops` is the model: what ought to stop mail to a pattern, all of it or one campaign's."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = ExitStack()
        self.undone.enter_context(transaction.atomic())
        self.undone.callback(transaction.set_rollback, True)
        self.now = NOW
        self.workspace = a_workspace(max_mails_per_day=10_000, max_event_age_days=10_000)
        self.campaigns = [
            a_campaign(self.workspace, events=[event], delay=delay)
            for event, delay in (("Ordered", timedelta(0)), ("Returned", timedelta(hours=2)))
        ]
        for campaign in self.campaigns:
            Reminder.objects.create(
                campaign=campaign, template=campaign.template, after_days=1, position=1
            )
        Reminder.objects.update(created_at=NOW)
        self.stops: dict[str, set[tuple[Reason, UUID | None]]] = defaultdict(set)
        self.claimed: list[Mail] = []
        self.mailed: list[Mail] = []

    def teardown(self) -> None:
        self.undone.close()

    def is_stopped(self, email: str, campaign: UUID | None) -> bool:
        return any(
            scope in {None, campaign}
            for pattern in patterns_about(email)
            for _, scope in self.stops[pattern]
        )

    # ---- what leads to mail

    @rule(emails=st.lists(addresses, min_size=1, max_size=3), number=st.integers(0, 1))
    def events_come_in(self, emails: list[str], number: int) -> None:
        campaign = self.campaigns[number]
        before = set(Survey.objects.values_list("id", flat=True))
        for email in emails:
            a_track(self.workspace, email, campaign.events[0], received_at=self.now)
        flow.process_events(self.workspace.id, self.now)
        scheduled = Survey.objects.exclude(id__in=before).values_list("email", flat=True)
        free = [email for email in emails if not self.is_stopped(email, campaign.id)]
        assert sorted(scheduled) == sorted(free)

    @rule(minutes=st.integers(1, 180))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def a_worker_claims(self) -> None:
        ids = [one.stream_id for one in streams_waiting(self.now)]
        if ids:
            claimed = claim_due(uuid4(), self.now, 100, ids).mails
            assert not any(self.is_stopped(one.recipient, one.stream_id) for one in claimed)
            self.claimed += claimed

    @precondition(lambda self: self.claimed)
    @rule()
    def it_hands_over_what_it_holds(self) -> None:
        mails = [Beginning(one.id, one.attempt, "How was it?", "") for one in self.claimed]
        begun = commit(Group(mails), self.now)
        for mail in self.claimed:
            is_gone = not Customer.objects.filter(id=mail.customer_id).exists()
            is_stopped = self.is_stopped(mail.recipient, mail.stream_id)
            assert (mail.id in begun) == (not is_stopped and not is_gone)
        sent = [one for one in self.claimed if one.id in begun]
        if sent:
            accepted = [Accepted(one.id, one.attempt, "250") for one in sent]
            assert commit(Group(sent=accepted), self.now) == {one.id for one in sent}
        self.mailed += sent
        self.claimed = []

    @rule(number=st.integers(0, 1), email=addresses)
    def an_order_is_asked_about(self, number: int, email: str) -> None:
        """The three before it at once, so that there is more to stop."""
        self.events_come_in([email], number)
        self.time_passes(180)
        self.a_worker_claims()
        if self.claimed:
            self.it_hands_over_what_it_holds()

    @rule(number=st.integers(0, 1), email=addresses, complains=st.booleans())
    def somebody_is_reminded(self, number: int, email: str, complains: bool) -> None:
        """A day later; some complain while the reminder waits already."""
        self.an_order_is_asked_about(number, email)
        self.time_passes(24 * 60)
        schedule_reminders(self.now)
        if complains:
            self.stop(email, Reason.COMPLAINED)
        self.a_worker_claims()
        if self.claimed:
            self.it_hands_over_what_it_holds()

    # ---- what stops it, and what does not

    @precondition(lambda self: self.mailed)
    @rule(survey=st.data(), only_like_this=st.booleans())
    def somebody_unsubscribes(self, survey: st.DataObject, only_like_this: bool) -> None:
        mail = survey.draw(st.sampled_from(self.mailed))
        how = PAGE if only_like_this else ONE_CLICK
        unsubscribe(self.invitation_of(mail), self.now, how=how, only_like_this=only_like_this)
        scope = mail.stream_id if only_like_this else None
        self.stops[mail.recipient].add((Reason.UNSUBSCRIBED, scope))

    @precondition(lambda self: self.mailed)
    @rule(survey=st.data())
    def somebody_comes_back(self, survey: st.DataObject) -> None:
        mail = survey.draw(st.sampled_from(self.mailed))
        resubscribe(self.invitation_of(mail), self.now)
        self.stops[mail.recipient] -= {
            (reason, scope) for reason in BY_PERSON for scope in (None, mail.stream_id)
        }

    def invitation_of(self, mail: Mail) -> Invitation:
        return Invitation.objects.select_related("survey__customer").get(id=mail.id)

    @rule(email=addresses, reason=st.sampled_from(BY_REPORT))
    def a_server_reports(self, email: str, reason: Reason) -> None:
        self.stop(email, reason)

    @rule(pattern=patterns)
    def a_member_lists(self, pattern: str) -> None:
        self.stop(pattern, Reason.LISTED)

    def stop(self, pattern: str, reason: Reason) -> None:
        is_new = suppress(self.workspace.id, pattern, reason, how="report", now=self.now)
        assert is_new == ((reason, None) not in self.stops[pattern])
        self.stops[pattern].add((reason, None))

    @rule(pattern=patterns, reason=st.sampled_from([Reason.LISTED, Reason.HARD_BOUNCED]))
    def a_member_ends_it(self, pattern: str, reason: Reason) -> None:
        for stop in Suppression.objects.filter(pattern=pattern, reason=reason, ended_at=None):
            release(stop, how="member", now=self.now)
        self.stops[pattern].discard((reason, None))

    @rule(email=addresses)
    def a_customer_is_deleted(self, email: str) -> None:
        Customer.objects.filter(email=email).delete()

    # ---- what holds always

    @invariant()
    def the_columns_say_the_same(self) -> None:
        columns = ("unsubscribed_at", "hard_bounced_at", "undeliverable_at", "suppressed_at")
        for customer in Customer.objects.filter(workspace=self.workspace):
            is_marked = any(getattr(customer, column) for column in columns)
            assert is_marked == self.is_stopped(customer.email, None)


@pytest.mark.hypothesis
@pytest.mark.django_db
def test_no_path_leads_to_a_mail_that_somebody_stopped():
    run_state_machine_as_test(
        Stopping,
        settings=settings(
            max_examples=settings().max_examples * 3 // 20,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert not Campaign.objects.exists()
