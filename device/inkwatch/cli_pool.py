"""Several processes that read, one reader each; what they read comes back in order."""

import contextlib
import multiprocessing
import multiprocessing.resource_tracker
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from inkwatch.cli_source import SourceReader, Task
from inkwatch.errors import InkwatchError, InputError, OutputError
from inkwatch.page_reader import HowToRead, MakeReader, ReaderChoice

if TYPE_CHECKING:
    from inkwatch.reading import Reading

    # What came of a picture. After an `OutputError` nothing more can be written.
    Outcome = Reading | InputError | OutputError


_AHEAD = 2
"""So many tasks for each process are given out at once: none waits, and few results pile up."""


def read_in_processes(
    tasks: Sequence[Task],
    processes: int,
    choice: ReaderChoice,
    how: HowToRead,
    make_reader: MakeReader,
) -> "Generator[list[Outcome]]":
    """Read sources in several processes.

    Args:
        tasks: what to read; each is one picture.
        processes: how many are to read.
        choice: which reader each is to open.
        how: how it is to read each picture.
        make_reader: opens the reader; a function that the processes can import.

    Yields:
        For each task, in order, what came of it.

    Raises:
        InkwatchError: what a reader raises; or a process was killed.
    """
    # Started anew rather than forked: OpenCV's threads do not outlive a fork.
    context = multiprocessing.get_context("spawn")
    # The tracker, once started, lets Ctrl-C through again; start it before that is held back.
    multiprocessing.resource_tracker.ensure_running()
    pool = ProcessPoolExecutor(processes, context, _open, (choice, how, make_reader))
    waiting: deque[Future[list[Outcome]]] = deque()
    rest = iter(tasks)
    try:
        while True:
            while len(waiting) < processes * _AHEAD and (task := next(rest, None)):
                with _ctrl_c_held_back():
                    waiting.append(pool.submit(_read, task))
            if not waiting:
                return
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise InkwatchError(
            "a process that reads was killed, most likely for want of memory. "
            "Try fewer at once: --jobs 1"
        ) from error
    finally:
        # Ctrl-C goes by the processes: they end the page that they are at, and no file is cut off.
        pool.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Processes that start meanwhile never get Ctrl-C; this one gets it when the block ends."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_source_reader: SourceReader | None = None
"""This process's own."""


def _open(choice: ReaderChoice, how: HowToRead, make_reader: MakeReader) -> None:
    global _source_reader  # noqa: PLW0603 - a pool hands its processes nothing else to keep
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import cv2

    # Each process has a core: more threads would only get into each other's way.
    cv2.setNumThreads(1)
    _source_reader = SourceReader(choice, how, make_reader)


def _end_with_parent() -> None:
    """A parent that is killed says nothing, and its pool would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read(task: Task) -> "list[Outcome]":
    if _source_reader is None:
        raise RuntimeError("the process was not prepared")
    found: list[Outcome] = []
    try:
        found.extend(_source_reader.read(task))
    except OutputError as error:
        found.append(error)
    return found
