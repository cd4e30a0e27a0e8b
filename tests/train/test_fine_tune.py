"""Training the shipped kind of bundle further on pictures of one's own, as docs/models.md tells."""

import json
from pathlib import Path

import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

import cv2

from inkwatch_train.cli import main
from inkwatch_train.fonts.hershey import HersheySource

TINY = Path(__file__).parents[1] / "data" / "tiny_bundle"
CHARACTERS = "0123ABETabet"


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    folder = tmp_path / "my-hand"
    for number, sample in enumerate(HersheySource(CHARACTERS).samples()):
        character = sample.label
        kind = "lower_" if character.islower() else "upper_" if character.isupper() else ""
        place = folder / f"{kind}{character}"
        place.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(place / f"{number}.png"), sample.image)
    return folder


def test_own_pictures_become_a_set_that_recipes_can_name(
    letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    assert main(["data", "from-folder", str(letters), "--data", str(data)]) == 0
    assert (data / "research" / "my-hand.npz").is_file()
    assert "recipes call them 'my-hand'" in capsys.readouterr().err
    assert main(["data", "show", "my-hand", "--data", str(data)]) == 0


def test_a_name_that_no_recipe_can_use_is_refused(letters: Path, tmp_path: Path) -> None:
    args = ["data", "from-folder", str(letters), "--data", str(tmp_path), "--name", "my hand"]
    assert main(args) == 2


def test_a_name_that_is_taken_is_refused(
    letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = ["data", "from-folder", str(letters), "--data", str(tmp_path), "--name", "mine"]
    assert main(args) == 0
    before = (tmp_path / "research" / "mine.npz").read_bytes()
    assert main(args) == 2
    assert "has a data set 'mine' already" in capsys.readouterr().err
    assert (tmp_path / "research" / "mine.npz").read_bytes() == before


def test_the_bundle_is_trained_further(letters: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    assert main(["data", "from-folder", str(letters), "--data", str(data)]) == 0
    recipe = tmp_path / "my-hand.toml"
    recipe.write_text(
        f'''
        name = "my-hand"
        terms = "research"
        start_from = "{TINY}/"
        alphabet = "{CHARACTERS}"
        data = [{{source = "my-hand"}}]
        [network]
        dropout = 0.0
        [schedule]
        epochs = 1
        batches_per_epoch = 8
        batch_size = 32
        learning_rate = 0.0005
        '''
    )
    run = tmp_path / "run"
    args = ["fit", str(recipe), "--data", str(data), "--run", str(run)]
    assert main(args) == 0
    # Eight batches from nothing would read one crop in twelve.
    assert json.loads((run / "report.json").read_bytes())["four"]["val_accuracy"] > 0.6
    sources = json.loads((run / "run.json").read_bytes())["sources"]
    assert [source["name"] for source in sources] == ["my-hand", "drawn"]
