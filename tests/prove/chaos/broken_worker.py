"""`afterword worker`, broken on purpose: `python -m tests.prove.chaos.broken_worker no-fence`.

The storm must tell these from the whole one; a test that can't fail proves nothing. Each patch
refuses to run when the product has moved away from under it.
"""

import asyncio
import os
import re
import sys
from collections.abc import Callable
from datetime import timedelta

from afterword import cli

BATCH = 50
FENCE = re.compile(r"held\.attempt = \w+\.attempt AND held\.state = '\w+'")
DOUBT = timedelta(seconds=2)
IDLE = 2.0  # seconds after which a batch that is not full is committed all the same


def no_fence() -> None:
    """Whoever held a survey once may begin and finish it, whoever has it now."""
    from afterword.sending import hand_over

    unfenced, count = FENCE.subn("true", hand_over._GROUP)
    assert count == 2, "hand_over._GROUP has no attempt and state to forget"
    unfenced = unfenced.replace("AND held.handed_over < 2", "")
    hand_over._GROUP = unfenced.replace("ready.handed_over + 1", "least(ready.handed_over + 1, 2)")


def batch_commit() -> None:
    """What the server took is noted for fifty mails at a time, and nowhere else before that."""
    from afterword.sending.ledger import Ledger

    note, gathered = Ledger.note_sent, []

    async def note_later(ledger: Ledger, accepted: object) -> bool:
        gathered.append(accepted)
        if len(gathered) < BATCH:
            await asyncio.sleep(IDLE)
        batch, gathered[:] = gathered[:], []
        await asyncio.gather(*(note(ledger, each) for each in batch))
        return True

    def note_soon(ledger: Ledger, accepted: object) -> "asyncio.Future[bool]":
        noting = asyncio.create_task(note_later(ledger, accepted))
        _noting.add(noting)
        noting.add_done_callback(_noting.discard)
        believed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        believed.set_result(True)
        return believed

    Ledger.note_sent = note_soon
    forget_journal()
    shorten_doubt()


_noting: set["asyncio.Task[bool]"] = set()


def forget_journal() -> None:
    """Leave no evidence beside the commits."""
    from afterword.sending.journal import Journal

    def refuse(journal: Journal, *words: object) -> None:
        raise OSError("this build keeps no journal")

    assert hasattr(Journal, "note")
    Journal.note = refuse


def shorten_doubt() -> None:
    """What is in doubt is sent once more as ever, but the test need not wait so long for it."""
    from afterword.sending import rescue

    assert rescue.DOUBT > DOUBT
    rescue.DOUBT = DOUBT


BREAKS: dict[str, Callable[[], None]] = {"no-fence": no_fence, "batch-commit": batch_commit}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "afterword.settings")
    cli.set_up_django()
    BREAKS[sys.argv[1]]()
    sys.argv = ["afterword", "worker"]
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
