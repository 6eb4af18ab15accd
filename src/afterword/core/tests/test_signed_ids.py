from uuid import uuid4

from afterword.core.signed_ids import read, sign


def test_what_was_signed_is_read_in_either_case():
    id_ = uuid4()

    signed = sign("bounce", id_)

    assert len(signed) == 40
    assert read("bounce", signed) == id_
    assert read("bounce", signed.upper()) == id_


def test_a_signed_id_is_good_for_one_purpose():
    assert read("open", sign("bounce", uuid4())) is None


def test_every_changed_character_is_refused():
    signed = sign("bounce", uuid4())

    changed = [
        signed[:i] + ("a" if c != "a" else "b") + signed[i + 1 :] for i, c in enumerate(signed)
    ]

    assert [read("bounce", each) for each in changed] == [None] * 40


def test_anything_else_is_refused():
    for nonsense in ("", "é", "a" * 39, "a" * 48, "!" * 40, "\0" * 40):
        assert read("bounce", nonsense) is None
