"""Everything that happens by the clock, in one table."""

from collections.abc import Callable
from datetime import datetime

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from afterword import due, flow
from afterword.core.clock import database_now
from afterword.customers import search_texts
from afterword.customers.importing import forget as imports_forget
from afterword.events import forget as events_forget
from afterword.feedback.loop import watch as loop
from afterword.feedback.risk import judge_due
from afterword.followups.engine.follow import forget_old as forget_deliveries
from afterword.followups.notifications import digest
from afterword.happenings import partitions, restored
from afterword.hooks import forget as hooks_forget
from afterword.insights import watch
from afterword.insights.companies import tally
from afterword.mail.senders import domains
from afterword.profiles import deleted
from afterword.sending import account_mail, brake
from afterword.sending.reports import bounce_mailbox
from afterword.suppressions import forget as suppressions_forget
from afterword.surveys import remind
from afterword.surveys.in_app import offers
from afterword.web import kept_forms

EVERY_FEW_SECONDS = "* * * * * */5"  # the sixth field counts seconds
EVERY_QUARTER = "* * * * * */15"
EVERY_MINUTE = "* * * * *"
Work = Callable[[datetime], None]  # is told the time


def by_the_clock(cron: str) -> Callable[[Work], Work]:
    """Make a job of a function that runs by the clock; one that still waits is not queued twice."""

    def register(work: Work) -> Work:
        def run(timestamp: int) -> None:
            close_old_connections()
            try:
                work(database_now())
            finally:
                close_old_connections()

        name = work.__name__
        app.periodic(cron=cron)(app.task(name=name, queueing_lock=name)(run))
        return work

    return register


@by_the_clock(EVERY_FEW_SECONDS)
def sweep(now: datetime) -> None:
    """Wake up whatever waits though nobody was told: the jobs of dead workers among it."""
    flow.sweep(now)


@by_the_clock(EVERY_QUARTER)
def apply_brakes(now: datetime) -> None:
    """Warn of, and pause, campaigns whose mails bounce or are complained about."""
    brake.apply_brakes(now)


@by_the_clock(EVERY_QUARTER)
def write_search_texts(now: datetime) -> None:
    """Write what new and renamed customers are found by."""
    search_texts.write_search_texts()


@by_the_clock(EVERY_MINUTE)
def schedule_reminders(now: datetime) -> None:
    """Queue the reminders that have become due."""
    remind.schedule_reminders(now)


@by_the_clock("*/5 * * * *")
def ask_who_is_due(now: datetime) -> None:
    """Decide whom regular campaigns ask, and queue their surveys over the time frame."""
    due.ask_all_due(now)


@by_the_clock("*/10 * * * *")
def withdraw_expired_offers(now: datetime) -> None:
    """End what was to be shown in applications, and nobody came by for."""
    offers.withdraw_expired(now)


@by_the_clock("23 * * * *")
def schedule_missed_reminders(now: datetime) -> None:
    """The same for what a long outage made late."""
    remind.schedule_reminders(now, thoroughly=True)


@by_the_clock(EVERY_MINUTE)
def collect_reports(now: datetime) -> None:
    """Read what mail servers reported into the bounce mailbox."""
    bounce_mailbox.collect_reports(now)


@by_the_clock(EVERY_MINUTE)
def count_companies(now: datetime) -> None:
    """Count whom companies have, and who answered last, for the order of their list."""
    tally.count_due(now)


@by_the_clock(EVERY_MINUTE)
def judge_customers(now: datetime) -> None:
    """Look who is at risk by now, and who is no more."""
    judge_due.judge_customers(now)


@by_the_clock(EVERY_QUARTER)
def close_loops(now: datetime) -> None:
    """Assign the answers that rules mean, and remind of those that are overdue."""
    loop.follow_up(now)


@by_the_clock(EVERY_MINUTE)
def send_digests(now: datetime) -> None:
    """Make the digests that are due by their workspaces' clocks."""
    digest.make_digests(now)


@by_the_clock("41 5 * * *")
def watch_scores(now: datetime) -> None:
    """Note which campaigns' scores moved by more than noise, where somebody wants to know."""
    watch.note_moves(now)


@by_the_clock("17 * * * *")
def check_sender_domains(now: datetime) -> None:
    """Look up again the records of sender domains that were not checked for a day."""
    domains.check_all_due(now)


@by_the_clock("*/10 * * * *")
def forget_old(now: datetime) -> None:
    """Remove what strangers make us write, beyond its age or number, and what is undone no more."""
    events_forget.forget_old(now)
    hooks_forget.forget_old(now)
    suppressions_forget.forget_old(now)
    imports_forget.forget_old(now)
    kept_forms.forget_old(now)
    deleted.forget_old(now)
    account_mail.forget_old(now)
    forget_deliveries(now)


@by_the_clock("41 * * * *")
def keep_happenings(now: datetime) -> None:
    """Make room for the happenings of the next months, and drop those that are too old."""
    restored.begin_anew()
    partitions.keep(now)


@app.periodic(cron="*/10 * * * *")
@app.task(name="forget_dead_jobs")
async def forget_dead_jobs(timestamp: int) -> None:
    """Remove the jobs of workers that died: their work is in rows, and the sweep wakes it."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
