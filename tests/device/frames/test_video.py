from pathlib import Path

import cv2
import numpy as np
import pytest

from inkwatch.errors import InputError, UsageError
from inkwatch.frames import decode
from inkwatch.frames.video import VideoSource, is_video

RATE_HZ = 10


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """3.5 s of video, (48, 64), each second brighter than the one before."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE_HZ, (64, 48))
    for number in range(35):
        writer.write(np.full((48, 64, 3), 40 + 50 * (number // RATE_HZ), np.uint8))
    writer.release()
    return path


def test_one_frame_a_second_with_its_number(clip: Path) -> None:
    frames = list(VideoSource(clip).frames())
    assert [frame.source for frame in frames] == [f"{clip}#{n}" for n in (0, 10, 20, 30)]
    assert [round(float(frame.image.mean()), -1) for frame in frames] == [40, 90, 140, 190]
    assert frames[0].image.shape == (48, 64, 3)


def test_every_s_sets_the_distance(clip: Path) -> None:
    numbers = [frame.source.split("#")[1] for frame in VideoSource(clip, every_s=0.25).frames()]
    assert numbers[:5] == ["0", "3", "5", "8", "10"]
    assert len(list(VideoSource(clip, every_s=0.01).frames())) == 35
    assert len(list(VideoSource(clip, every_s=100).frames())) == 1


@pytest.mark.parametrize("every_s", [0, -1, float("nan")])
def test_no_distance_is_refused(every_s: float) -> None:
    with pytest.raises(UsageError, match="above 0 seconds"):
        VideoSource(Path("clip.mp4"), every_s)


def test_a_cut_video_gives_what_it_holds_and_then_says_so(
    clip: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 2])
    seen: list[str] = []
    with pytest.raises(InputError, match=r"cut short: it ends after 0\.\d of 3\.5 s"):
        seen.extend(frame.source for frame in VideoSource(clip, every_s=0.1).frames())
    assert 1 < len(seen) < 20
    assert capfd.readouterr().err == ""


def test_a_broken_video_is_an_error_in_silence(
    clip: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    noise = np.random.default_rng(1).integers(0, 256, 5000, dtype=np.uint8).tobytes()
    clip.write_bytes(clip.read_bytes()[:16] + noise)
    assert is_video(clip)
    with pytest.raises(InputError, match=r"clip\.avi: this video cannot be opened"):
        list(VideoSource(clip).frames())
    assert capfd.readouterr().err == ""


def test_a_video_of_huge_frames_is_refused(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "MAX_MEGAPIXELS", 0)
    with pytest.raises(InputError, match="64 x 48 pixels"):
        list(VideoSource(clip).frames())


def test_videos_are_told_by_how_they_begin(clip: Path, tmp_path: Path) -> None:
    assert is_video(clip)
    for name, head, video in [
        ("a.mp4", b"\0\0\0\x18ftypisom", True),
        ("a.mkv", b"\x1aE\xdf\xa3", True),
        ("a.h264", b"\0\0\0\x01\x27", True),
        ("a.mjpeg", b"\xff\xd8\xff\xe0", True),
        ("a.jpg", b"\xff\xd8\xff\xe0", False),
        ("a.heic", b"\0\0\0\x18ftypheic", False),
        ("list.mp4", b"#EXTM3U\nhttp://127.0.0.1/x.ts\n", False),
        ("concat.mp4", b"ffconcat version 1.0\n", False),
    ]:
        (tmp_path / name).write_bytes(head)
        assert is_video(tmp_path / name) is video, name
    assert not is_video(tmp_path)
    assert not is_video(tmp_path / "none.mp4")
    assert not is_video(Path("a\0b"))
