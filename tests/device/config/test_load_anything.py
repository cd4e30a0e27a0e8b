"""Whatever is in the file or the environment, a config or a `ConfigError` comes out."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkwatch.config.load import load
from inkwatch.config.model import Config
from inkwatch.config.settings import all_sections, all_settings
from inkwatch.errors import ConfigError

MANY = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

scalars = st.one_of(
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["auto", "fixed", "5", "3.1.1", "x@y", "", "a/b", "/x", 0, 1, 90, 0.5, 3]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
names = st.one_of(
    st.sampled_from(sorted({part for key in all_settings() for part in key.split(".")})),
    st.sampled_from(sorted(all_sections())),
    st.text(max_size=8),
)
tables = st.dictionaries(names, values, max_size=4)
trees = st.dictionaries(names, tables | st.dictionaries(names, tables, max_size=2), max_size=4)


def toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            # JSON's escapes are TOML's, but for DEL and halves of surrogate pairs.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case float():
            return repr(value)
        case int():
            return str(value)
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case _:
            inner = ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items())
            return f"{{{inner}}}"


def outcome(path: Path, environ: dict[str, str]) -> Config | ConfigError:
    result: Config | ConfigError
    try:
        result = load(path, environ).config
    except ConfigError as error:
        result = error
    if isinstance(result, ConfigError):
        assert result.faults
        assert all(fault and "\n" not in fault for fault in result.faults)
    return result


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@MANY
@given(tree=trees)
def test_any_tree(tree: dict[str, Any], path: Path) -> None:
    text = "\n".join(f"{toml(key)} = {toml(value)}" for key, value in tree.items())
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    outcome(path, {})


@MANY
@given(key=st.sampled_from(sorted(all_settings())), value=values)
def test_any_value_of_a_setting(key: str, value: Any, path: Path) -> None:
    path.write_text(f"{key} = {toml(value)}", encoding="utf-8", errors="surrogatepass")
    outcome(path, {})


@MANY
@given(data=st.binary(max_size=200) | st.text(alphabet="[]{}=.\"'\\\n#a1,", max_size=60))
def test_any_bytes(data: bytes | str, path: Path) -> None:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    outcome(path, {})


@MANY
@given(
    key=st.sampled_from(sorted(all_settings())),
    text=st.text(max_size=30) | st.text(alphabet="[]0123456789.,-e_ \n", max_size=12),
)
def test_any_environment(key: str, text: str, path: Path) -> None:
    path.write_bytes(b"")
    result = outcome(path, {all_settings()[key].variable: text})
    if isinstance(result, ConfigError):
        assert all(fault.startswith("INKWATCH_") for fault in result.faults)
