"""Runs first in every interpreter inside the tree: what the virtual pipeline of libcamera lacks.

It offers NV12 only, whose luma lies as in YUV420; wants buffers of two planes; knows no raw modes;
does not pace its pictures; and leaves each buffer's status as the memory was (libcamera 0.4.0), so
that picamera2 takes good ones for failed. Nothing of Inkwatch is changed here.
"""

import inspect
import mmap
import sys
import textwrap
import time
from typing import Any
from unittest.mock import MagicMock

sys.modules["pykms"] = MagicMock()  # for previews on a screen only

import libcamera  # noqa: E402
import picamera2.picamera2  # noqa: E402
from picamera2 import Picamera2, allocators  # noqa: E402

_PICTURE_S = 1 / 30
_create = Picamera2.create_video_configuration


class _TwoPlanes(allocators.PersistentAllocator):  # type: ignore[misc]
    def allocate(self, libcamera_config: Any, use_case: Any) -> None:
        self.libcamera_fds = []
        self.open_fds = []
        self.frame_buffers = {}
        for stream in libcamera_config:
            luma_bytes = stream.stride * stream.size.height
            buffers = []
            for number in range(stream.buffer_count):
                fd = self.dmaHeap.alloc(f"picture-{number}", stream.frame_size).get()
                luma, chroma = libcamera.FrameBuffer.Plane(), libcamera.FrameBuffer.Plane()
                luma.fd = chroma.fd = fd
                luma.offset, luma.length = 0, luma_bytes
                chroma.offset, chroma.length = luma_bytes, stream.frame_size - luma_bytes
                self.open_fds.append(fd)
                self.libcamera_fds.append(luma.fd)
                self.mapped_buffers_used[luma.fd] = False
                buffer = libcamera.FrameBuffer([luma, chroma])
                access = mmap.PROT_READ | mmap.PROT_WRITE
                self.mapped_buffers[buffer] = mmap.mmap(
                    fd, stream.frame_size, mmap.MAP_SHARED, access
                )
                buffers.append(buffer)
            self.frame_buffers[stream.stream] = buffers


def _create_nv12(self: Any, **wanted: Any) -> Any:
    for stream in ("main", "lores"):
        if wanted.get(stream):
            wanted[stream]["format"] = "NV12"
    self.pre_callback = lambda _request: time.sleep(_PICTURE_S)
    configuration = _create(self, **wanted)
    configuration["controls"] = {}
    return configuration


def _modes(self: Any) -> list[dict[str, Any]]:
    width, height = self.camera_properties_["PixelArrayActiveAreas"][0][2:]
    return [{"format": "NV12", "size": (width, height)}]


allocators.PersistentAllocator = _TwoPlanes


def _without_status() -> Any:
    lines = textwrap.dedent(inspect.getsource(Picamera2.process_requests))
    looks = " == libcamera.FrameMetadata.Status.Success"
    assert looks in lines
    names: dict[str, Any] = {}
    exec(lines.replace(looks, " is not None"), vars(picamera2.picamera2), names)
    return names["process_requests"]


Picamera2.process_requests = _without_status()
Picamera2.create_video_configuration = _create_nv12
Picamera2._get_raw_modes = _modes
