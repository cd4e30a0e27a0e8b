from inkwatch.stopwatch import Stopwatch


def test_laps_of_the_same_name_add_up_to_the_whole() -> None:
    watch = Stopwatch()
    for stage in ("ink", "lines", "ink"):
        watch.lap(stage)
    assert list(watch.seconds) == ["ink", "lines"]
    assert all(seconds >= 0 for seconds in watch.seconds.values())
    assert sum(watch.seconds.values()) <= watch.elapsed_s
