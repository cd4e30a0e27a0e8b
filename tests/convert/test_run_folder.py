import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from inkwatch.errors import DataError, ExitCode
from inkwatch_convert.run_folder import load_run


def test_load_run_reads_every_part(fake_run: Path) -> None:
    run = load_run(fake_run)
    assert run.labels == ("a", "A", "b")
    assert run.card.terms == "research"
    assert run.representative.shape == (4, 32, 32)
    assert run.validation.labels.tolist() == ["a", "A", "b", "b"]
    assert run.validation.folded.tolist() == [True, False, False, False]


def _remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _cut(name: str) -> Callable[[Path], None]:
    def cut(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:40])

    return cut


def _other_crop(folder: Path) -> None:
    card = json.loads((folder / "run.json").read_text())
    card["crop"]["version"] = 99
    (folder / "run.json").write_text(json.dumps(card))


def _other_terms(folder: Path) -> None:
    card = json.loads((folder / "run.json").read_text())
    card["terms"] = "whatever"
    (folder / "run.json").write_text(json.dumps(card))


def _unknown_label(folder: Path) -> None:
    (folder / "labels.json").write_text('["a", "A"]')


def _small_crops(folder: Path) -> None:
    np.savez(folder / "representative.npz", crops=np.zeros((4, 28, 28), np.uint8))


def _no_crops(folder: Path) -> None:
    np.savez(folder / "representative.npz", crops=np.zeros((0, 32, 32), np.uint8))


def _one_label_short(folder: Path) -> None:
    with np.load(folder / "validation.npz") as pack:
        arrays = dict(pack)
    arrays["labels"] = arrays["labels"][:-1]
    np.savez(folder / "validation.npz", **arrays)


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (_remove("model.keras"), "model.keras is missing"),
        (_remove("labels.json"), "labels.json cannot be read"),
        (_remove("run.json"), "run.json cannot be read"),
        (_remove("representative.npz"), "representative.npz is not"),
        (_remove("validation.npz"), "validation.npz is not"),
        (_cut("run.json"), "run.json is not"),
        (_cut("validation.npz"), "validation.npz is not"),
        (_other_crop, "crops of version 99"),
        (_other_terms, "whatever"),
        (_unknown_label, "does not know: b"),
        (_small_crops, "representative.npz: 'crops'"),
        (_no_crops, "representative.npz: 'crops'"),
        (_one_label_short, "validation.npz: 'labels'"),
    ],
)
def test_load_run_names_what_is_wrong(
    fake_run: Path, damage: Callable[[Path], None], named: str
) -> None:
    damage(fake_run)
    with pytest.raises(DataError, match=named) as caught:
        load_run(fake_run)
    assert caught.value.exit_code == ExitCode.DATA
    assert str(fake_run) in str(caught.value)
