"""Makes a campaign with a webhook for each receiver, and then answers, one commit each.

    python -m tests.prove.followups.answers PLAN PLAIN_PORT TLS_PORT

Prints a line for each answer once it is committed: its key, and the way of its receiver. That
list is the test's own account.
"""

import sys

import msgspec

from tests.prove.followups.ways import GOOD, NEVER, WAYS, Plan, way_of


def main() -> None:
    plan, plain, tls = msgspec.json.decode(sys.argv[1], type=Plan), sys.argv[2], sys.argv[3]
    import django

    django.setup()
    from django.utils import timezone

    from afterword.feedback.answering.answer import record_answer
    from tests.factories import a_campaign, a_sent_survey
    from tests.followups import a_webhook

    roots = dict.fromkeys((*WAYS, GOOD), f"http://127.0.0.1:{plain}")
    roots[NEVER] = f"https://127.0.0.1:{tls}"
    campaigns = {way: a_campaign() for way in roots}
    for way, root in roots.items():
        a_webhook(f"{root}/{way}", campaign=campaigns[way])
    for number in range(plan.answers):
        way = way_of(number)
        survey = a_sent_survey(campaigns[way])
        response = record_answer(survey, 9, "Good", timezone.now(), submitted=True)
        print(f"{response.id}\t{way}", flush=True)


if __name__ == "__main__":
    main()
