import os
import subprocess
import sys
from uuid import uuid4

from afterword.sending import journal
from afterword.sending.hand_over import Accepted
from afterword.sending.journal import Journal
from afterword.sending.lease import Held


def test_what_is_written_down_can_be_read_while_the_worker_lives(tmp_path):
    held, other = Held(uuid4(), 3), Held(uuid4(), 1)
    own = Journal(tmp_path)
    own.note(held, "250 queued as Ü7")
    own.note(other, "250 ok")

    assert journal.evidence(tmp_path, [held.id]) == [Accepted(*held, "250 queued as Ü7")]
    assert list(journal.left_behind(tmp_path)) == []


def test_a_dead_workers_journal_is_left_behind(tmp_path):
    id_, fatal = uuid4(), uuid4()
    script = f"""
import os, pathlib, uuid
from afterword.sending.journal import Journal
from afterword.sending.lease import Held
own = Journal(pathlib.Path({str(tmp_path)!r}))
own.begin(Held(uuid.UUID("{id_}"), 2))
own.note(Held(uuid.UUID("{id_}"), 2), "250 ok")
own.begin(Held(uuid.UUID("{fatal}"), 7))
os.kill(os.getpid(), 9)
"""
    setup = "import tests.settings, django; django.setup()\n"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    subprocess.run([sys.executable, "-c", setup + script], env=environment, check=False)

    [(path, left)] = journal.left_behind(tmp_path)

    assert left == ([Accepted(id_, 2, "250 ok")], Held(fatal, 7))
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_page_goes_when_all_in_it_is_committed_and_another_was_begun(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "PAGE", 100)
    own = Journal(tmp_path)
    first = [own.note(Held(uuid4(), 1), "250 " + "x" * 40) for _ in range(2)]
    second = own.note(Held(uuid4(), 1), "250 ok")
    assert first[0] is first[1] is not second
    assert len(list(tmp_path.iterdir())) == 2

    for page in first:
        page.committed()

    assert len(list(tmp_path.iterdir())) == 1
    second.committed()
    own.close()
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_a_crash_cut_short_says_nothing(tmp_path):
    id_ = uuid4()
    (tmp_path / "x.journal").write_text(f'["{id_}", 1, "250 ok"]\n["{uuid4()}", 1, "25')

    assert journal.evidence(tmp_path, [id_]) == [Accepted(id_, 1, "250 ok")]


def test_without_a_folder_there_is_no_evidence(tmp_path):
    assert journal.evidence(tmp_path / "none", [uuid4()]) == []


def test_what_is_composed_needs_no_commit(tmp_path):
    own = Journal(tmp_path)
    own.begin(Held(uuid4(), 1))
    own.close()

    assert list(tmp_path.iterdir()) == []
