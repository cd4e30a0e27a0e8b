import pytest
from tools.bench.page_set import beside_data
from tools.bench.scores import TextScores, join_marks, own_scores

TRUTHS = ["Hello  World , yes", 'He said " no " (twice) .', ""]
READ = ["hello\nWorld, yes", "He said “no” (twlce).", "x"]


def test_rates_are_edits_over_the_truths_length() -> None:
    scores = own_scores(["Hello  World , yes"], ["hello\nWorld, yes"])
    assert scores.cer == pytest.approx(2 / 17)
    assert scores.wer == pytest.approx(3 / 4)
    assert scores.cer_joined == pytest.approx(1 / 16)
    assert scores.wer_joined == pytest.approx(1 / 3)


def test_pages_are_added_up_not_averaged() -> None:
    assert own_scores(["abcdefgh", "ab"], ["abcdefgh", "xy"]).cer == pytest.approx(2 / 10)


def test_nothing_true_and_nothing_read_is_no_error() -> None:
    assert own_scores([], []) == TextScores(0, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("London , Paris .", "London, Paris."),
        ("( yes )", "(yes)"),
        ('a " b " c', 'a"b"c'),
        ("line\nbreaks  go", "line breaks go"),
        ("\u201cquoted\u201d \u2013 so", '"quoted"- so'),
    ],
)
def test_marks_are_joined_to_their_words(text: str, joined: str) -> None:
    assert join_marks(text) == joined


@pytest.mark.data
def test_the_scores_beside_the_data_agree_with_ours() -> None:
    metrics = beside_data("metrics")
    if metrics is None:
        pytest.skip("no metrics.py stands beside the data")
    theirs, ours = metrics.text_scores(TRUTHS, READ), own_scores(TRUTHS, READ)
    for name in ("cer", "wer", "cer_joined", "wer_joined"):
        assert getattr(ours, name) == pytest.approx(theirs[name])
