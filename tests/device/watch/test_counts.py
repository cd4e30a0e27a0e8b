"""The counts for people."""

from inkwatch.watch.counts import Counts, Skip, summary


def test_the_counts_are_told_with_the_commonest_reason_first() -> None:
    counts = Counts(seen=9, read=1, told=1, skipped={Skip.SETTLING: 2, Skip.DARK: 6})
    assert summary(counts) == "9 views seen, 1 read, 1 told; passed over: 6 dark, 2 settling"
    assert summary(Counts(seen=1)) == "1 view seen, 0 read, 0 told"
