"""What becomes of a mail that its server did not take."""

from datetime import datetime

from afterword.mail.ways.faults import Fault, NotSent
from afterword.sending import brake, hand_over, pace
from afterword.sending.models import Mail


def note_refusal(server: str, mail: Mail, problem: NotSent, now: datetime) -> None:
    """Try later, bounce, park or leave in doubt; what the sender is to blame for is not for here.

    A domain that asks to slow down is heard, and a bounce counts for the stream's brake.
    """
    match problem.fault:
        case Fault.TEMPORARY:
            held_until = None
            if not problem.is_about_us:
                held_until = pace.heed(server, mail.recipient, problem.code, problem.reply, now)
            hand_over.try_later(mail, problem.reply, now, held_until)
        case Fault.RECIPIENT:
            hand_over.bounce(mail, problem.reply, now)
            brake.heed_bounce(mail.stream_id, now)
        case Fault.MESSAGE:
            hand_over.park(mail, problem.reply)
        case Fault.UNKNOWN:
            hand_over.leave_in_doubt(mail.held, problem.reply, now)
