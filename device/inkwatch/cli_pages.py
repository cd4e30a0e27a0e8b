"""Reading many pages: each is published, in order, before the next."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from inkwatch.cli_console import Console, printable
from inkwatch.cli_jobs import processes_for
from inkwatch.cli_progress import Progress
from inkwatch.cli_source import SourceReader, Task
from inkwatch.errors import ExitCode, InputError, OutputError, UsageError
from inkwatch.page_reader import HowToRead, MakeReader, ReaderChoice
from inkwatch.publish.forms import find_form

if TYPE_CHECKING:
    from inkwatch.cli_results import PictureState, ResultFolder
    from inkwatch.frames.sources import NamedSource
    from inkwatch.reading import Reading

SURE_FROM = 0.8
"""A page of which the reader is less sure than this may not be what it is made for: it says so."""

_HARD_TO_READ = (
    "Letters should be dark on light, at least 20 pixels tall, and stand apart: joined writing is "
    "often misread."
)
_IS_IT_RIGHT = "Is --pattern right? Without it all is read as it stands."
_UNFIT = f"What does not fit the pattern counts as unsure. {_IS_IT_RIGHT}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make of each page.

    `form` is one of `publish.forms.FORMS`. `overlay` is the folder for overlays, `debug`
    that for strips, None for none. `confidence` puts a percentage before each line of text;
    `titles` each page's name above it.
    `to` is the folder for one result a picture in the place of stdout; `again` makes those anew
    that stand there. `jobs` is how many processes read, None as many as fit. `how` is how each
    picture is read.
    """

    form: str = "text"
    overlay: Path | None = None
    debug: Path | None = None
    confidence: bool = False
    titles: bool = False
    to: Path | None = None
    again: bool = False
    jobs: int | None = None
    how: HowToRead = field(default_factory=HowToRead)


class PageJob:
    """Reads all pages of some sources and publishes them."""

    def __init__(
        self, wanted: Wanted, choice: ReaderChoice, console: Console, make_reader: MakeReader
    ) -> None:
        self._wanted = wanted
        self._choice = choice
        self._console = console
        self._make_reader = make_reader
        self._form = find_form(wanted.form)
        self._pages = 0
        self._used: set[str] = set()

    def run(self, sources: "Sequence[NamedSource]") -> ExitCode:
        """Read all sources.

        Returns:
            OK, or INPUT where some could not be read.

        Raises:
            UsageError: results for each picture are wanted of what is no picture file.
            BundleError: the model cannot be used.
            MissingPackageError: no runtime for it is installed.
            OutputError: a result cannot be written.
        """
        tasks = self._tasks(sources)
        if self._wanted.to is None:
            exit_code = self._run_to_stdout(tasks)
        else:
            exit_code = self._run_to_folder(tasks, self._wanted.to)
        for folder, what in ((self._wanted.overlay, "Overlays"), (self._wanted.debug, "Strips")):
            if folder is not None and self._pages:
                pages = "1 page" if self._pages == 1 else f"{self._pages} pages"
                self._console.note(f"{what} of {pages} are in {folder.absolute()}")
        return exit_code

    def _tasks(self, sources: "Sequence[NamedSource]") -> list[Task]:
        # Names are given here and not by whoever reads: they do not depend on who is first.
        tasks = [Task(source) for source in sources]
        overlays, strips = self._wanted.overlay, self._wanted.debug
        if overlays is not None:
            from inkwatch.publish.overlay import check_folder, overlay_name

            check_folder(overlays)
            name = partial(overlay_name, used=self._used)
            tasks = [replace(task, overlay=_place(overlays, task, name)) for task in tasks]
        if strips is not None:
            from inkwatch.publish.overlay import check_folder
            from inkwatch.publish.strip import strip_name

            check_folder(strips, "the strips")
            name = partial(strip_name, used=self._used)
            tasks = [replace(task, strip=_place(strips, task, name)) for task in tasks]
        return tasks

    def _run_to_stdout(self, tasks: Sequence[Task]) -> ExitCode:
        lone = len(tasks) == 1 and not tasks[0].source.many
        header = self._form.header(tasks[0].source.name if lone else "")
        try:
            exit_code = ExitCode.OK
            for _, outcomes in self._outcomes(tasks):
                for outcome in outcomes:
                    if isinstance(outcome, InputError):
                        self._console.error(str(outcome))
                        exit_code = ExitCode.INPUT
                        continue
                    begin = "" if self._pages else header
                    self._pages += 1
                    self._console.data(begin + self._page(outcome, self._pages))
                    self._warn(outcome)
        finally:
            # What was read until something stopped the run is a whole document all the same.
            if self._form.footer:
                self._console.data(self._form.footer if self._pages else header + self._form.footer)
        return exit_code

    def _run_to_folder(self, tasks: Sequence[Task], folder: Path) -> ExitCode:
        from inkwatch.cli_results import ResultFolder

        if not all(_is_picture(task.source) for task in tasks):
            raise UsageError(
                "--to keeps a result for each picture file, and so takes no video and no standard "
                "input. Leave out --to, and send the output to a file: inkwatch read ... > FILE"
            )
        states = {id(task): _state(task.source) for task in tasks}
        with ResultFolder(folder, self._form.suffix, self._settings()) as results:
            rest = [task for task in tasks if not self._stands(task, states[id(task)], results)]
            exit_code = ExitCode.OK
            for task, outcomes in self._outcomes(rest):
                for outcome in outcomes:
                    if isinstance(outcome, InputError):
                        self._console.error(str(outcome))
                        exit_code = ExitCode.INPUT
                        continue
                    self._pages += 1
                    header = self._form.header(outcome.source)
                    document = header + self._page(outcome, 1) + self._form.footer
                    state = states[id(task)]
                    if state is not None:
                        results.write(state, document)
                    self._warn(outcome)
        stood = len(tasks) - len(rest)
        told = f"; {stood} stood there already" if stood else ""
        self._console.note(f"{_results(self._pages)} written to {folder.absolute()}{told}")
        return exit_code

    def _stands(self, task: Task, state: "PictureState | None", results: "ResultFolder") -> bool:
        if self._wanted.again or state is None or not results.has(state):
            return False
        return all(path.is_file() for path in task.files)

    def _settings(self) -> str:
        """All that a result depends on beside its picture."""
        from inkwatch._version import __version__

        wanted = self._wanted
        folders = (wanted.overlay, *((wanted.debug,) if wanted.debug is not None else ()))
        of_pages = (wanted.form, wanted.confidence, wanted.how, *folders)
        return repr((__version__, self._choice, of_pages))

    def _outcomes(
        self, tasks: Sequence[Task]
    ) -> "Iterator[tuple[Task, Iterable[Reading | InputError]]]":
        """What comes of each task, one after the other."""
        progress = Progress(self._console, len(tasks))
        several = all(_is_picture(task.source) for task in tasks)
        processes = processes_for(len(tasks), self._wanted.jobs) if several else 1
        if processes == 1:
            reader = SourceReader(self._choice, self._wanted.how, self._make_reader, self._used)
            for task in tasks:
                progress.reads(task.source.name)
                yield task, reader.read(task)
                progress.did_one()
        else:
            from inkwatch.cli_pool import read_in_processes

            found = read_in_processes(
                tasks, processes, self._choice, self._wanted.how, self._make_reader
            )
            with contextlib.closing(found):
                for task in tasks:
                    progress.reads(task.source.name)
                    yield task, _raised_in_turn(next(found))
                    progress.did_one()
        self._console.done()

    def _page(self, reading: "Reading", number: int) -> str:
        if self._wanted.form != "text":
            return self._form.page(reading, number)
        from inkwatch.publish.text import format_text

        title = ""
        if self._wanted.titles and self._wanted.to is None:
            gap = "\n" if number > 1 else ""
            title = f"{gap}==> {printable(reading.source)} <==\n"
        return title + format_text(reading, confidence=self._wanted.confidence)

    def _warn(self, reading: "Reading") -> None:
        from inkwatch.publish.text import percent
        from inkwatch.reading import Reason

        pattern = self._choice.pattern is not None
        left_out = any(place.reason is Reason.UNSURE for place in reading.unread)
        if not reading.lines and pattern and left_out:
            self._console.error(
                f"{reading.source}: nothing is surely read that fits the pattern. {_IS_IT_RIGHT}"
            )
        elif not reading.lines:
            # Lines that are read whole and cannot fit leave no trace.
            fits = " that fits the pattern" if pattern else ""
            self._console.error(f"{reading.source}: no writing found{fits}.")
        elif reading.confidence < SURE_FROM:
            # What does not fit is unsure, however well it is written.
            self._console.error(
                f"{reading.source}: only {percent(reading.confidence).strip()} sure of this page. "
                f"{_UNFIT if pattern else _HARD_TO_READ}"
            )


def _place(folder: Path, task: Task, name: Callable[[str], str]) -> Path:
    """Where a task's file goes: the folder alone where each frame gets a file."""
    return folder if task.source.many else folder / name(task.source.name)


def _raised_in_turn(
    outcomes: "Iterable[Reading | InputError | OutputError]",
) -> "Iterator[Reading | InputError]":
    """What another process read, as if it were read here: an `OutputError` ends it."""
    for outcome in outcomes:
        if isinstance(outcome, OutputError):
            raise outcome
        yield outcome


def _is_picture(source: "NamedSource") -> bool:
    """Whether it is a picture's file, be it one that cannot be read."""
    from inkwatch.frames.files import FileSource

    return isinstance(source.source, FileSource | InputError)


def _state(source: "NamedSource") -> "PictureState | None":
    from inkwatch.cli_results import PictureState
    from inkwatch.frames.files import FileSource

    return PictureState.of(source.source.path) if isinstance(source.source, FileSource) else None


def _results(count: int) -> str:
    return "1 result" if count == 1 else f"{count} results"
