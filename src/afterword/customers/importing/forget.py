"""Forget files once they are imported, or nobody started to; and refused rows after a while."""

from datetime import datetime, timedelta
from typing import LiteralString

from afterword.core import bulk
from afterword.customers.importing.models import Import, Piece, Row

STARTS_WITHIN = timedelta(days=1)
REFUSED_FOR = timedelta(days=30)

_PIECES: LiteralString = """
    SELECT piece.id FROM importing_piece AS piece
    JOIN importing_import AS file ON file.id = piece.of_id
    JOIN long_work_work AS work ON work.id = file.work_id
    WHERE work.ended_at < %s
"""
_GOOD: LiteralString = """
    SELECT staged.id FROM importing_row AS staged
    JOIN importing_import AS file ON file.id = staged.of_id
    JOIN long_work_work AS work ON work.id = file.work_id
    WHERE staged.reason = '' AND work.ended_at < %s
"""
_REFUSED: LiteralString = """
    SELECT staged.id FROM importing_row AS staged
    JOIN importing_import AS file ON file.id = staged.of_id
    JOIN long_work_work AS work ON work.id = file.work_id
    WHERE staged.reason <> '' AND work.ended_at < %s
"""


def forget_old(now: datetime) -> None:
    Import.objects.filter(work=None, created_at__lt=now - STARTS_WITHIN).delete()
    bulk.delete(Piece, _PIECES, (now,))
    bulk.delete(Row, _GOOD, (now,))
    bulk.delete(Row, _REFUSED, (now - REFUSED_FOR,))
