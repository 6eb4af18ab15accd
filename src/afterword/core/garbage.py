"""Python's search for garbage that refers to itself, put off while a batch is done."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def search_put_off() -> Iterator[None]:
    """Do not search meanwhile, in the whole process: for batches of a second or so.

    A batch makes tens of thousands of objects that are all in use, and Python would look through
    them again and again: two fifths of what an import took of the processor. What is garbage
    otherwise still goes at once, and the rest is found after the batch.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
