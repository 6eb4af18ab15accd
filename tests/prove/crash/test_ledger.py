from tests.prove.crash.ledger import Reconciliation, reconcile

PUT_IN = ["a", "b", "c"]


def test_nothing_amiss_is_nothing():
    assert reconcile(PUT_IN, ["c", "a", "b"]) == Reconciliation()


def test_what_never_came_out_is_lost():
    assert reconcile(PUT_IN, ["a", "c"]) == Reconciliation(lost=frozenset("b"))


def test_what_was_never_put_in_is_unexpected():
    assert reconcile(PUT_IN, [*PUT_IN, "d"]) == Reconciliation(unexpected=frozenset("d"))


def test_what_came_out_twice_is_doubled():
    assert reconcile(PUT_IN, [*PUT_IN, "b"]) == Reconciliation(doubled=frozenset("b"))


def test_what_came_out_more_often_is_tripled():
    assert reconcile(PUT_IN, [*PUT_IN, "b", "b", "b"]) == Reconciliation(tripled=frozenset("b"))


def test_one_lost_is_not_made_up_for_by_one_doubled():
    assert reconcile(PUT_IN, ["a", "b", "b"]) == Reconciliation(
        lost=frozenset("c"), doubled=frozenset("b")
    )
