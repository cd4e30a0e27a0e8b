from inkwatch.language.units import units_of


def test_units_that_can_be_written() -> None:
    assert units_of("kWhm3") == ["kWh", "Wh", "kW", "m3"]
    assert units_of("") == []
    assert "km/h" in units_of("abcdefghijklmnop/")
