"""What becomes of a survey that its mail server did not take."""

from datetime import datetime

from afterword.mail.ways.faults import Fault, NotSent
from afterword.sending import pace
from afterword.surveys import brake, hand_over
from afterword.surveys.lease import Held
from afterword.surveys.models import Survey


def note_refusal(server: str, survey: Survey, problem: NotSent, now: datetime) -> None:
    """Try later, bounce, park or leave in doubt; what the sender is to blame for is not for here.

    A domain that asks to slow down is heard, and a bounce counts for the campaign's brake.
    """
    match problem.fault:
        case Fault.TEMPORARY:
            hand_over.try_later(survey, problem.reply, now)
            slower = pace.asks_to_slow_down(problem.code, problem.reply)
            if slower and not problem.is_about_us:
                pace.slow_down(server, survey.email.rpartition("@")[2], problem.reply, now)
        case Fault.RECIPIENT:
            hand_over.bounce(survey, problem.reply, now)
            brake.heed_bounce(survey.campaign_id, now)
        case Fault.MESSAGE:
            hand_over.park(survey, problem.reply)
        case Fault.UNKNOWN:
            hand_over.leave_in_doubt(Held(survey.id, survey.attempt), problem.reply, now)
