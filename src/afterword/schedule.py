"""Everything that happens by the clock, in one table."""

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

from afterword import flow

EVERY_FEW_SECONDS = "* * * * * */5"  # the sixth field counts seconds


@app.periodic(cron=EVERY_FEW_SECONDS)
@app.task(name="sweep", queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """Wake up whatever waits though nobody was told: the jobs of dead workers among it."""
    flow.sweep(timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="forget_dead_jobs")
async def forget_dead_jobs(timestamp: int) -> None:
    """Remove the jobs of workers that died: their work is in rows, and the sweep wakes it."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
