import re
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'inkwatch[train]'")

from inkwatch.errors import DataError
from inkwatch_train.alphabet import ALPHANUMERIC, PUNCTUATION
from inkwatch_train.cli_fit_lines import is_line_recipe
from inkwatch_train.lines.recipe import load_line_recipe
from inkwatch_train.recipe import Recipe, Schedule, load_recipe

RECIPES = Path(__file__).parents[2] / "train" / "recipes"
SMALLEST = 'name = "mine"\ndata = [{source = "hershey"}]\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def test_the_smallest_recipe_has_defaults_for_the_rest(file: Path) -> None:
    file.write_text(SMALLEST)
    recipe = load_recipe(file)
    assert recipe.name == "mine"
    assert recipe.terms == "open"
    assert recipe.alphabet == ALPHANUMERIC + PUNCTUATION
    assert [item.source for item in recipe.data] == ["hershey"]
    assert recipe.data[0].weight == 1.0
    assert recipe.data[0].limit is None
    assert recipe.schedule == Schedule()


def test_what_a_recipe_says_holds(file: Path) -> None:
    file.write_text(
        SMALLEST
        + 'terms = "research"\nalphabet = "abc"\nseed = 9\nclass_balance = 0\n'
        + "[network]\nstages = [[4, 5], []]\ndense = 6\n"
        + "[augment.camera]\nheight_px = [20, 30]\n[schedule]\nepochs = 2\n"
    )
    recipe = load_recipe(file)
    assert (recipe.terms, recipe.alphabet, recipe.seed) == ("research", "abc", 9)
    assert recipe.class_balance == 0
    assert recipe.network.stages == [[4, 5], []]
    assert recipe.augment.camera.height_px == (20, 30)
    assert recipe.augment.camera.probability == 0.9
    assert recipe.schedule.epochs == 2


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("nonsense", "TOML|Invalid|Expected"),
        (SMALLEST + "name = 'again'", "mine.toml"),
        ('name = "mine"', "`data`"),
        ('data = [{source = "hershey"}]', "`name`"),
        ('name = "mine"\ndata = []', "data source"),
        ('name = "my model/2"\ndata = [{source = "hershey"}]', "the name may hold"),
        ('name = ""\ndata = [{source = "hershey"}]', "the name may hold"),
        ('name = "../x"\ndata = [{source = "hershey"}]', "the name may hold"),
        ('name = "mine"\ndata = [{sorce = "hershey"}]', "`sorce`"),
        ('name = "mine"\ndata = [{source = "hershey", weight = 0}]', r"data\[0\]\.weight"),
        ('name = "mine"\ndata = [{source = "hershey", weight = inf}]', r"data\[0\]\.weight"),
        ('name = "mine"\ndata = [{source = "hershey", weight = nan}]', r"data\[0\]\.weight"),
        ('name = "mine"\ndata = [{source = "hershey", limit = 0}]', r"data\[0\]\.limit"),
        (SMALLEST + "epocs = 3", "`epocs`"),
        (SMALLEST + 'terms = "free"', r"\$\.terms"),
        (SMALLEST + 'alphabet = "aab"', "alphabet"),
        (SMALLEST + 'seed = "one"', r"\$\.seed"),
        (SMALLEST + "seed = -1", r"\$\.seed"),
        (SMALLEST + "seed = 4294967296", r"\$\.seed"),
        (SMALLEST + "class_balance = 1.5", r"class_balance"),
        (SMALLEST + "val_limit_per_source = 0", r"val_limit_per_source"),
        (SMALLEST + "[network]\nstages = [[0]]", r"network\.stages"),
        (SMALLEST + "[network]\nstages = [[1],[1],[1],[1],[1],[1]]", r"network\.stages"),
        (SMALLEST + "[network]\ndropout = 1.0", r"network\.dropout"),
        (SMALLEST + "[schedule]\nepochs = 1.5", r"schedule\.epochs"),
        (SMALLEST + "[schedule]\nepochs = 0", r"schedule\.epochs"),
        (SMALLEST + "[schedule]\nlearning_rate = -1", r"schedule\.learning_rate"),
        (SMALLEST + "[schedule]\nlearning_rate = inf", r"schedule\.learning_rate"),
        (SMALLEST + "[schedule]\npatience = 3", "`patience`"),
        (SMALLEST + "[augment.blur]\nsigma = 1", "`sigma`"),
        (SMALLEST + "[augment.camera]\npaper = [200, 100]", "paper"),
        (SMALLEST + "augment = 3", r"\$\.augment"),
    ],
)
def test_mistakes_are_told_with_file_and_key(file: Path, text: str, named: str) -> None:
    file.write_text(text)
    with pytest.raises(DataError, match=named) as told:
        load_recipe(file)
    assert str(told.value).startswith(f"{file}: ")
    assert "chars.toml" in str(told.value)


def test_a_file_that_is_no_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(DataError, match=re.escape(str(file))):
        load_recipe(file)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file") as told:
        load_recipe(tmp_path / "none.toml")
    assert "train/recipes" in str(told.value)
    with pytest.raises(DataError, match="directory"):
        load_recipe(tmp_path)


@pytest.mark.parametrize("path", sorted(RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_recipes_that_ship(path: Path) -> None:
    recipe = load_line_recipe(path) if is_line_recipe(path) else load_recipe(path)
    assert recipe.name == path.stem
    # Of these the data is for research, or the user's own.
    assert (recipe.terms == "research") == (
        path.stem in {"chars-research", "lines-research", "own-hand"}
    )
    head = path.read_text().split("\n\n")[0]
    assert all(line.startswith("#") for line in head.splitlines())
    for word in ("command", "machine", "time", "figures"):
        assert re.search(rf"^# {word} +\S", head, re.MULTILINE), word
    assert f"inkwatch-train fit train/recipes/{path.name}" in head


def test_a_recipe_survives_json() -> None:
    recipe = load_recipe(RECIPES / "chars.toml")
    assert msgspec.json.decode(msgspec.json.encode(recipe), type=Recipe) == recipe
