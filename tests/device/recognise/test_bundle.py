import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from inkwatch.errors import BundleError, ExitCode
from inkwatch.recognise.bundle import DEFAULT_LINES, list_bundles, load_bundle, read_card
from inkwatch.recognise.card import LINES

ChangeCard = Callable[..., None]


def test_load_bundle_takes_a_path_or_a_string_with_a_slash(folder: Path) -> None:
    by_path = load_bundle(folder)
    assert by_path == load_bundle(str(folder))
    assert by_path.name == "tiny"
    assert by_path.path == folder
    assert len(by_path.model) == by_path.card.model_bytes


def test_a_named_bundle_comes_from_the_extra_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKWATCH_MODELS", str(folder.parent))
    assert list_bundles()["tiny"] == folder
    assert load_bundle("tiny").path == folder


def test_the_extra_folder_goes_before_the_shipped_bundles(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(folder, folder.parent / "chars")
    monkeypatch.setenv("INKWATCH_MODELS", str(folder.parent))
    assert load_bundle().path == folder.parent / "chars"


def test_list_bundles_passes_over_what_is_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.parent / "empty").mkdir()
    (folder.parent / "file").write_text("")
    monkeypatch.setenv("INKWATCH_MODELS", str(folder.parent))
    assert not {"empty", "file"} & set(list_bundles())


def test_an_unknown_name_is_refused_with_the_known_ones(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKWATCH_MODELS", str(folder.parent))
    with pytest.raises(BundleError, match=r"'charz' .*tiny.*\./charz") as caught:
        load_bundle("charz")
    assert caught.value.exit_code == ExitCode.BUNDLE


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"nowhere.card\.json cannot be read"):
        load_bundle(tmp_path / "nowhere")


@pytest.mark.parametrize("file", ["card.json", "model.tflite"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(BundleError, match="cannot be read") as caught:
        load_bundle(folder)
    assert str(folder / file) in str(caught.value)


@pytest.mark.parametrize("file", ["card.json", "model.tflite"])
@pytest.mark.parametrize("keep", [0, 100])
def test_a_file_cut_short_is_named(folder: Path, file: str, keep: int) -> None:
    path = folder / file
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(BundleError, match=file):
        load_bundle(folder)


def test_a_flipped_bit_in_the_model_is_found(folder: Path) -> None:
    path = folder / "model.tflite"
    model = bytearray(path.read_bytes())
    model[len(model) // 2] ^= 1
    path.write_bytes(model)
    with pytest.raises(BundleError, match="SHA-256 differs"):
        load_bundle(folder)


def test_an_unknown_key_is_named(folder: Path, change_card: ChangeCard) -> None:
    change_card(novelty=1)
    with pytest.raises(BundleError, match="novelty"):
        load_bundle(folder)


def test_a_value_of_another_type_is_named_by_its_key(folder: Path, change_card: ChangeCard) -> None:
    change_card("input", scale="small")
    with pytest.raises(BundleError, match=r"\$\.input\.scale"):
        load_bundle(folder)


@pytest.mark.parametrize("entry", [{"version": 99}, {"size": 28}])
def test_another_crop_is_refused_with_both_versions(
    folder: Path, change_card: ChangeCard, entry: dict[str, int]
) -> None:
    change_card("crop", **entry)
    with pytest.raises(BundleError, match=r"card\.json"):
        load_bundle(folder)


def test_another_crop_version_says_to_use_another_bundle(
    folder: Path, change_card: ChangeCard
) -> None:
    change_card("crop", version=99)
    with pytest.raises(BundleError, match=r"crops of version 99 .* cuts version"):
        load_bundle(folder)


def test_read_card_needs_no_model(folder: Path) -> None:
    (folder / "model.tflite").unlink()
    assert read_card(folder).labels == list("0123ABETabet")


def test_the_shipped_bundles_are_whole() -> None:
    cards = {name: read_card(folder) for name, folder in list_bundles().items()}
    for name, card in cards.items():
        assert load_bundle(name, card.engine).card == card
    terms = {name: (card.engine, card.terms) for name, card in cards.items()}
    assert terms == {
        "chars": ("characters", "open"),
        "chars-research": ("characters", "research"),
        "lines": ("lines", "open"),
        "lines-research": ("lines", "research"),
    }


def test_what_is_read_with_by_default_is_free() -> None:
    assert load_bundle().card.terms == "open"
    assert load_bundle(DEFAULT_LINES, LINES).card.terms == "open"
