from pathlib import Path

import pytest

from inkwatch.errors import DataError
from inkwatch_train.lines.recipe import LineRecipe, load_line_recipe

RECIPES = Path(__file__).parents[3] / "train" / "recipes"
LEAST = 'engine = "lines"\nname = "x"\ndata = [{source = "fonts-print"}]\n'


def test_the_recipe_that_ships_is_one() -> None:
    recipe = load_line_recipe(RECIPES / "lines.toml")
    assert (recipe.name, recipe.terms) == ("lines", "open")
    assert {item.source.split("-")[0] for item in recipe.data} == {"fonts", "pens"}


def load(tmp_path: Path, text: str) -> LineRecipe:
    path = tmp_path / "r.toml"
    path.write_text(text)
    return load_line_recipe(path)


def test_what_is_left_out_has_its_usual_value(tmp_path: Path) -> None:
    recipe = load(tmp_path, LEAST)
    assert len(recipe.network.stages) == 3
    assert recipe.data[0].weight == 1.0
    assert recipe.start_from is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("name = ", r"lines\.toml"),
        ('engine = "lines"\nname = "x"\ndata = []', "at least one data source"),
        ('engine = "lines"\nname = "a/b"\ndata = [{source = "fonts-print"}]', "letters, digits"),
        (LEAST + "epochs = 3", "epochs"),
        (LEAST + "strays = 2.0", "strays"),
        (LEAST + "[network]\nstages = [[1], [1]]", "stages"),
        (LEAST + "[network]\nsequence = 0", "sequence"),
        (LEAST + "[schedule]\nlearning_rate = 0", "learning_rate"),
        (LEAST.replace("}", ", weight = 0}"), "weight"),
        (LEAST + 'terms = "mine"', "terms"),
    ],
)
def test_what_is_no_recipe_is_refused(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(DataError, match=named) as caught:
        load(tmp_path, text)
    assert str(tmp_path / "r.toml") in str(caught.value)


def test_a_missing_recipe_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.toml: No such file.*train/recipes/"):
        load_line_recipe(tmp_path / "none.toml")
