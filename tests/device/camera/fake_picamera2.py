"""As much of picamera2 and libcamera as is used here, behaving as they do.

Checked against picamera2 0.3.38's source: jobs are served in order, one completed picture each;
a request that is not released keeps its buffer, and when all are kept no more come; configuring
checks streams and controls; `wait` raises what `concurrent.futures` raises; `close` may raise.
`install` puts both into `sys.modules`.
"""

import sys
import types
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

Pixels = npt.NDArray[np.uint8]

_CONFIGURATION = {
    *("main", "lores", "raw", "transform", "colour_space", "buffer_count", "controls", "display"),
    *("encode", "queue", "sensor", "use_case"),
}


class AfModeEnum(Enum):
    Manual = 0
    Auto = 1
    Continuous = 2


class AfTriggerEnum(Enum):
    Start = 0
    Cancel = 1


@dataclass
class World:
    """What hangs on the ribbon cable, and what goes wrong with it.

    `fails` maps the name of a call to what it raises. `only_size` is what streams are adjusted to,
    where the hardware knows one size only. `frames` are given in turn, each the luma of
    the full stream; `None` means that no picture comes for that one.
    """

    cameras: list[dict[str, Any]] = field(
        default_factory=lambda: [{"Id": "/base/i2c@1/imx708@1a", "Num": 0, "Model": "imx708"}]
    )
    controls: dict[str, tuple[Any, Any, Any]] = field(
        default_factory=lambda: {
            "AfMode": (0, 2, 0),
            "AfTrigger": (0, 1, 0),
            "LensPosition": (0.0, 15.0, 1.0),
            "FrameDurationLimits": (17_849, 220_417_486, None),
            "ExposureTime": (1, 220_416_802, 20_000),
            "AnalogueGain": (1.0, 16.0, 1.0),
            "ScalerCrop": ((0, 0, 64, 64), (0, 0, 4608, 2592), (0, 0, 4608, 2592)),
        }
    )
    fails: dict[str, Exception] = field(default_factory=dict)
    frames: list[Pixels | None] = field(default_factory=list)
    stride_extra: int = 32
    only_size: tuple[int, int] | None = None
    same_time: bool = False
    made: list["Picamera2"] = field(default_factory=list)

    def raise_for(self, call: str) -> None:
        if call in self.fails:
            raise self.fails[call]


WORLD = World()


class CompletedRequest:
    def __init__(self, camera: "Picamera2", luma: Pixels, time_ns: int) -> None:
        self.camera = camera
        self.luma = luma
        self.time_ns = time_ns
        self.released = False

    def get_metadata(self) -> dict[str, Any]:
        return {"SensorTimestamp": self.time_ns, "FrameDuration": 100_000}

    def release(self) -> None:
        assert not self.released, "CompletedRequest: lock now has negative ref_count"
        self.released = True
        self.camera.free += 1


class MappedArray:
    """`array` is a view of the stream's buffer, good only inside the block."""

    def __init__(
        self, request: CompletedRequest, stream: str, reshape: bool = True, write: bool = True
    ) -> None:
        assert not request.released, "the buffer belongs to the camera again"
        self._request, self._stream, self._write = request, stream, write
        self.array: Pixels | None = None

    def __enter__(self) -> "MappedArray":
        configuration = self._request.camera.configuration[self._stream]
        width, height = configuration["size"]
        stride = configuration["stride"]
        buffer = np.full((height * 3 // 2, stride), 77, np.uint8)
        luma = self._request.luma
        rows = np.linspace(0, luma.shape[0] - 1, height).astype(np.intp)
        columns = np.linspace(0, luma.shape[1] - 1, width).astype(np.intp)
        buffer[:height, :width] = luma[np.ix_(rows, columns)]
        self._buffer = buffer
        self.array = buffer[:, :width]
        return self

    def __exit__(self, *_: object) -> None:
        # Whoever kept a view of the buffer now sees another picture in it.
        self._buffer[...] = 13
        self.array = None


class PersistentAllocator:
    """Keeps buffers by the configuration's use case, and hands the same ones out again."""

    def __init__(self) -> None:
        self.kept: dict[str, list[tuple[int, int]]] = {}

    def allocate(self, use_case: str, sizes: list[tuple[int, int]]) -> None:
        kept = self.kept.setdefault(use_case, sizes)
        assert kept == sizes, "these buffers were made for other streams"


class Picamera2:
    def __init__(
        self,
        camera_num: int = 0,
        verbose_console: int | None = None,
        tuning: object = None,
        allocator: "PersistentAllocator | None" = None,
    ) -> None:
        WORLD.raise_for("Picamera2")
        assert camera_num < len(WORLD.cameras)
        self.allocator = allocator
        self.camera_controls = dict(WORLD.controls)
        self.configuration: dict[str, Any] = {}
        self.started = self.closed = False
        self.free = 0
        self.given = 0
        self.jobs: list[Future[CompletedRequest]] = []
        WORLD.made.append(self)

    @staticmethod
    def global_camera_info() -> list[dict[str, Any]]:
        WORLD.raise_for("global_camera_info")
        return WORLD.cameras

    def create_video_configuration(self, **wanted: Any) -> dict[str, Any]:
        assert set(wanted) <= _CONFIGURATION, wanted
        return {"use_case": "video"} | wanted

    def configure(self, configuration: dict[str, Any]) -> None:
        WORLD.raise_for("configure")
        assert not self.started, "Camera must be stopped before configuring"
        main, lores = configuration["main"], configuration["lores"]
        for stream in filter(None, (main, lores)):
            assert stream["format"] == "YUV420"
            width, height = stream["size"]
            assert width % 2 == height % 2 == 0, "width and height should be even"
            if WORLD.only_size is not None:
                stream["size"] = width, height = WORLD.only_size
            stream["stride"] = width + WORLD.stride_extra
        if lores is not None:
            fits = all(a <= b for a, b in zip(lores["size"], main["size"], strict=True))
            assert fits, "lores stream dimensions may not exceed main stream"
        unknown = set(configuration["controls"]) - set(self.camera_controls)
        if unknown:
            raise RuntimeError(f"Control {unknown} is not advertised by libcamera")
        if self.allocator is not None:
            sizes = [stream["size"] for stream in (main, lores) if stream is not None]
            self.allocator.allocate(configuration["use_case"], sizes)
        self.configuration = configuration
        self.free = configuration["buffer_count"]

    def camera_configuration(self) -> dict[str, Any]:
        return self.configuration

    def start(self) -> None:
        WORLD.raise_for("start")
        assert self.configuration, "Camera has not been configured"
        self.started = True

    def capture_request(
        self, wait: bool | float | None = None, signal_function: None = None, flush: object = None
    ) -> "Future[CompletedRequest]":
        WORLD.raise_for("capture_request")
        assert wait is False, "anything else may wait without end or leave its job behind"
        job: Future[CompletedRequest] = Future()
        self.jobs.append(job)
        return job

    def wait(
        self, job: "Future[CompletedRequest]", timeout: float | None = None
    ) -> CompletedRequest:
        assert timeout is not None, "it would wait without end"
        WORLD.raise_for("wait")
        self._next_picture()
        return job.result(timeout=0.01)

    def close(self) -> None:
        self.closed = True
        self.started = False
        WORLD.raise_for("close")

    def _next_picture(self) -> None:
        """One picture comes, if there is a buffer for it; the first job gets it."""
        if not (self.started and self.free and self.jobs):
            return
        luma = WORLD.frames[self.given % len(WORLD.frames)]
        self.given += 1
        if luma is not None:
            self.free -= 1
            time_ns = 1 if WORLD.same_time else self.given
            self.jobs.pop(0).set_result(CompletedRequest(self, luma, time_ns))


@contextmanager
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Put the fakes in place of the real ones, in a new world."""
    WORLD.__init__()  # type: ignore[misc]
    package = types.ModuleType("picamera2")
    allocators = types.ModuleType("picamera2.allocators")
    libcamera = types.ModuleType("libcamera")
    controls = types.ModuleType("libcamera.controls")
    vars(controls).update(AfModeEnum=AfModeEnum, AfTriggerEnum=AfTriggerEnum)
    vars(libcamera).update(controls=controls)
    vars(allocators).update(PersistentAllocator=PersistentAllocator)
    vars(package).update(Picamera2=Picamera2, MappedArray=MappedArray, allocators=allocators)
    for name, module in {
        "picamera2": package,
        "picamera2.allocators": allocators,
        "libcamera": libcamera,
        "libcamera.controls": controls,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    yield WORLD
