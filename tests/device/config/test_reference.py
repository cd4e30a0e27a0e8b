import re
from pathlib import Path

from inkwatch.config.load import load
from inkwatch.config.model import Config
from inkwatch.config.reference import example, page
from inkwatch.config.settings import all_settings, value_of

PROJECT = Path(__file__).parents[3]
REWRITE = "run: python -m tools.config_reference"


def test_the_page_in_the_documentation_is_of_now() -> None:
    text = (PROJECT / "docs/configuration.md").read_text(encoding="utf-8")
    assert text == page(), f"docs/configuration.md is out of date; {REWRITE}"


def test_the_example_that_is_installed_is_of_now() -> None:
    text = (PROJECT / "systemd/config.toml").read_text(encoding="utf-8")
    assert text == example(), f"systemd/config.toml is out of date; {REWRITE}"


def test_the_example_as_it_is_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(example(), encoding="utf-8")
    loaded = load(path, {})
    assert loaded.config == Config()
    assert not loaded.given


def test_the_example_with_all_lines_live_gives_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(re.sub(r"^#(?! )", "", example(), flags=re.MULTILINE), encoding="utf-8")
    loaded = load(path, {})
    assert set(loaded.given) == set(all_settings())
    # TOML has no value for "none given", so that these stand there with an example.
    optional = {"reading.region", "camera.sensor_region"}
    for key in all_settings():
        same = value_of(loaded.config, key) == value_of(Config(), key)
        assert same is (key not in optional), key


def test_no_name_in_the_example_is_broken() -> None:
    assert not re.search(r"\w-$", example(), flags=re.MULTILINE)


def test_every_setting_is_described_in_both() -> None:
    for setting in all_settings().values():
        assert setting.description.endswith("."), setting.key
        assert f"`{setting.variable}`" in page()
        assert f"{setting.name} = " in example()


def test_the_page_is_sound_markdown() -> None:
    rows = [line for line in page().splitlines() if line.startswith("| `")]
    assert len(rows) == len(all_settings())
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)


def test_no_line_of_the_example_is_too_wide_for_a_terminal() -> None:
    assert max(map(len, example().splitlines())) <= 100
