"""A device without a camera, as a process that can be killed: tells events, says each it has told.

    python -m tools.soak.publisher PORT QUEUE DEVICE UNTIL [PAUSE_S]

Goes on after the last number that its queue remembers, up to UNTIL, then waits for its end.
"""

import sys
import time
from pathlib import Path

from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.config.model import MqttSection
from inkwatch.config.secrets import Secret
from inkwatch.publish.mqtt.queue import Queue
from inkwatch.publish.mqtt.teller import DeviceName, MqttTeller, open_broker
from tools.soak.events import made_up_event


def make_teller(
    settings: MqttSection, device: str, queue: Path, password: Secret | None = None
) -> MqttTeller:
    """A teller with a queue of its own, not started yet."""
    return MqttTeller(
        settings,
        DeviceName(device, f"The {device}"),
        open_broker(settings, password, device),
        Queue(queue, settings.queue.max_bytes),
    )


def main() -> None:
    """Tell events until killed."""
    port, queue, device, until, *rest = sys.argv[1:]
    pause_s = float(rest[0]) if rest else 0.0
    teller = make_teller(MqttSection(host="127.0.0.1", port=int(port)), device, Path(queue))
    teller.camera(CameraStatus(CameraState.RUNNING, "made up", time.monotonic()))
    teller.problem(())
    teller.start()
    for sequence in range(teller.last_sequence + 1, int(until) + 1):
        teller.event(made_up_event(device, sequence))
        sys.stdout.write(f"{sequence}\n")
        sys.stdout.flush()
        if pause_s:
            time.sleep(pause_s)
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main()
