import asyncio
import logging

import pytest

from afterword.core.survived import Survived


def test_a_mistake_is_logged_and_told_and_goes_no_further(caplog):
    mistake = RuntimeError("nobody foresaw it")

    with caplog.at_level(logging.ERROR), Survived("mail %s waits", 7) as work:
        raise mistake

    assert work.error is mistake
    [record] = caplog.records
    assert record.getMessage() == "mail 7 waits"
    assert record.exc_info[1] is mistake


def test_what_went_well_says_nothing(caplog):
    with Survived("mail %s waits", 7) as work:
        pass

    assert (work.error, caplog.records) == (None, [])


@pytest.mark.parametrize("ending", [asyncio.CancelledError, KeyboardInterrupt, SystemExit])
def test_whoever_is_told_to_end_ends(ending):
    with pytest.raises(ending), Survived("mail %s waits", 7):
        raise ending
