import pytest

from inkwatch_train.fonts.packages import FontPackage, font_packages


def test_names_are_in_order_and_stand_once() -> None:
    names = [font.name for font in font_packages()]
    assert names == sorted(set(names))
    assert len(names) > 100


def test_every_font_has_an_open_licence() -> None:
    assert {font.licence for font in font_packages()} <= {"OFL-1.1", "Apache-2.0"}


def test_held_out_fonts_are_print_and_leave_most_for_training() -> None:
    held_out = [font for font in font_packages() if font.held_out]
    assert {font.kind for font in held_out} == {"print"}
    assert {"patrick-hand", "kalam", "architects-daughter"} <= {font.name for font in held_out}
    print_fonts = [font for font in font_packages() if font.kind == "print"]
    assert len(held_out) < len(print_fonts) / 5


def test_fonts_with_capitals_only_are_not_listed() -> None:
    names = {font.name for font in font_packages()}
    assert not names & {"amatic-sc", "permanent-marker", "patrick-hand-sc", "walter-turncoat"}


@pytest.mark.parametrize("name", ["../etc", "Kalam", "a/b", "", "kalam-"])
def test_a_name_that_is_no_package_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        FontPackage(name, "5.3.0", "print", "OFL-1.1")


@pytest.mark.parametrize("version", ["latest", "^5.3.0", "5.3", ""])
def test_only_exact_versions_are_taken(version: str) -> None:
    with pytest.raises(ValueError, match="not an exact version"):
        FontPackage("kalam", version, "print", "OFL-1.1")
