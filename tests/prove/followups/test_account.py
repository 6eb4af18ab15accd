from tests.prove.followups.account import Asked, Row, compare
from tests.prove.followups.ways import NEVER

PUT_IN = {"a": "500", "b": "good", "c": NEVER}
ROWS = [Row("1", "a", "delivered", 1), Row("2", "b", "delivered", 1), Row("3", "c", "failed", 0)]
ASKED = [
    Asked(1.0, "500", "1", "a", "500"),
    Asked(2.0, "good", "2", "b", "200"),
    Asked(3.0, "500", "1", "a", "200"),
]


def test_nothing_amiss_is_nothing():
    found = compare(PUT_IN, ASKED, ROWS, [])

    assert (found.failures, found.repeated) == ([], frozenset())


def test_what_no_receiver_took_is_lost():
    found = compare(PUT_IN, ASKED[:2], ROWS, [])

    assert found.lost == {"a"}
    assert found.untrue == {"a": "delivered, but nothing arrived"}


def test_a_repeat_needs_somebody_who_died_over_the_answer():
    again = [*ASKED, Asked(60.0, "good", "2", "b", "200")]

    assert compare(PUT_IN, again, ROWS, [2.5]).failures == []
    assert compare(PUT_IN, again, ROWS, [2.5]).repeated == {"2"}
    for kills in ([], [1.9], [30.0]):
        assert compare(PUT_IN, again, ROWS, kills).needless == {"2"}


def test_an_answer_is_told_under_one_id_and_noted_once():
    other = [*ASKED, Asked(4.0, "good", "9", "b", "200")]

    assert compare(PUT_IN, other, ROWS, []).twice == {"b"}
    assert compare(PUT_IN, ASKED, [ROWS[0]._replace(taken=2), *ROWS[1:]], []).twice == {"a"}


def test_nothing_stays_where_it_cannot_stay():
    rows = [ROWS[0]._replace(state="sending"), ROWS[2]]

    found = compare(PUT_IN, ASKED, rows, [])

    assert found.untrue == {"a": "sending, not delivered", "b": "there is no row"}
