import pytest

from tests.prove.chaos.account import Row, compare
from tests.prove.chaos.mail_server import Copy
from tests.prove.chaos.ways import address

WELL, LATER = address(1), address(2, "rcpt-4xx")
CUT, BROKEN_OFF = address(3, "hang-up-taken"), address(4, "hang-up-before-354")


def a_copy(to: str = WELL, message_id: str = "<1@x>", token: str = "t") -> Copy:
    return Copy(1.0, to, message_id, token)


def a_row(email: str = WELL, state: str = "sent", refusals: int = 0, handed_over: int = 1) -> Row:
    return Row(email, state, refusals, handed_over, "")


def failures(*copies: Copy, rows: list[Row], most_doubled: int = 0) -> str:
    put_in = [row.email for row in rows]
    return "\n".join(compare(put_in, copies, rows).failures(most_doubled))


def test_one_copy_of_what_was_sent_is_well():
    assert failures(a_copy(), rows=[a_row()]) == ""


def test_what_says_sent_and_did_not_arrive_is_lost_and_not_true():
    found = failures(rows=[a_row()])

    assert "1 lost" in found
    assert "sent, but nothing arrived" in found


@pytest.mark.parametrize("state", ["queued", "bounced", "dismissed"])
def test_what_arrived_must_not_say_that_it_did_not(state: str):
    assert f"{state}, but 1 arrived" in failures(a_copy(), rows=[a_row(state=state)])


@pytest.mark.parametrize("state", ["claimed", "handing_over"])
def test_nothing_may_stay_in_somebodys_hands(state: str):
    assert "unfinished" in failures(a_copy(), rows=[a_row(state=state)])


def test_two_copies_are_bounded():
    two = [a_copy(), a_copy()]

    assert failures(*two, rows=[a_row()], most_doubled=1) == ""
    assert "1 doubled, at most 0" in failures(*two, rows=[a_row()])


def test_three_copies_are_too_many_for_anybody():
    three = [a_copy(CUT)] * 3

    assert "1 more than twice" in failures(*three, rows=[a_row(CUT, "parked", handed_over=2)])


def test_a_server_that_hangs_up_may_double_what_it_took():
    assert failures(*[a_copy(CUT)] * 2, rows=[a_row(CUT, "parked", handed_over=2)]) == ""


@pytest.mark.parametrize("other", [a_copy(message_id="<2@x>"), a_copy(token="u")])
def test_two_copies_are_the_same_mail(other: Copy):
    assert "1 copies that differ" in failures(a_copy(), other, rows=[a_row()], most_doubled=1)


def test_what_is_put_off_says_that_it_was_refused():
    assert failures(rows=[a_row(BROKEN_OFF, "queued", refusals=1)]) == ""
    assert "nothing held it up" in failures(rows=[a_row(BROKEN_OFF, "queued")])


def test_others_of_a_domain_that_refuses_for_a_while_may_wait_for_it():
    assert failures(rows=[a_row(LATER, "queued")]) == ""


def test_what_nobody_put_in_is_unexpected():
    assert "1 unexpected" in failures(a_copy(), a_copy("x@d1.example", "<3@x>"), rows=[a_row()])
