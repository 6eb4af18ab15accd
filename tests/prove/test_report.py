import pytest

from tests.prove.__main__ import HEAD, Proof, prove, with_section

ORDER = ["storm", "crash", "fuzz"]


def test_a_part_that_ran_again_takes_the_place_of_what_was_there():
    report = with_section(HEAD, "fuzz", "Once.\n\n```\n# 12\n```", ORDER)
    report = with_section(report, "storm", "Well.", ORDER)
    report = with_section(report, "fuzz", "Twice.", ORDER)

    assert report == f"{HEAD}\n## storm\n\nWell.\n\n## fuzz\n\nTwice.\n"


@pytest.mark.parametrize(("status", "verdict"), [(0, "It held"), (3, "**It failed**")])
def test_the_report_quotes_the_last_lines(status: int, verdict: str):
    program = f"print('a'); print('b'); raise SystemExit({status})"

    section, held = prove(Proof("All is well.", ("-c", program)))

    assert held == (status == 0)
    assert section.startswith(f"All is well.\n\n{verdict} on ")
    assert ("\na\n" in section, "\nb\n" in section) == (not held, True)
