"""The forms in which a reading is told: what begins a document, a page of it, and what ends it."""

from collections.abc import Callable
from dataclasses import dataclass

from inkwatch.reading import Reading

FORMS = ("text", "json", "tsv", "hocr", "alto")
"""The names of all forms."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of output.

    `suffix` is that of its files. `header` takes the picture's name where a document holds one
    picture alone, and '' where it may hold several; `page` a reading and the page's number in the
    document, from 1.
    """

    suffix: str
    header: Callable[[str], str]
    page: Callable[[Reading, int], str]
    footer: str = ""


def find_form(name: str) -> Form:
    """Give one of `FORMS`; only that one's code is loaded.

    Raises:
        KeyError: there is no such form.
    """
    match name:
        case "text":
            from inkwatch.publish.text import format_text

            return Form(".txt", _nothing, lambda reading, _: format_text(reading))
        case "json":
            from inkwatch.publish.json_form import format_json

            return Form(".json", _nothing, lambda reading, _: format_json(reading) + "\n")
        case "tsv":
            from inkwatch.publish.tsv import format_tsv, tsv_header

            return Form(".tsv", lambda _: tsv_header(), lambda reading, _: format_tsv(reading))
        case "hocr":
            from inkwatch.publish import hocr

            return Form(".hocr", lambda _: hocr.HEADER, hocr.format_hocr, hocr.FOOTER)
        case "alto":
            from inkwatch.publish import alto

            return Form(".xml", alto.alto_header, alto.format_alto, alto.FOOTER)
        case _:
            raise KeyError(name)


def _nothing(_: str) -> str:
    return ""
