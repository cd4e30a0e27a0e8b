import pytest

from inkwatch.publish.forms import FORMS, find_form
from inkwatch.reading import Reading


@pytest.mark.parametrize("name", FORMS)
def test_every_form_makes_a_document(name: str, reading: Reading) -> None:
    form = find_form(name)
    document = form.header(reading.source) + form.page(reading, 1) + form.footer
    assert document.endswith("\n")
    assert form.suffix.startswith(".")


def test_each_form_has_files_of_its_own() -> None:
    assert len({find_form(name).suffix for name in FORMS}) == len(FORMS)


def test_other_forms_are_refused() -> None:
    with pytest.raises(KeyError):
        find_form("xml")
