"""Installs Inkwatch into a started Debian tree and treats the service as life will.

    python -m tools.soak.service --make bookworm     # once, as root: 3 to 5 minutes
    python -m tools.soak.service bookworm trixie

Every step is real: the installer, pip, systemd, `kill -9`. A still picture stands for the camera.
It ends with an error at the first step that does not hold.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable
from hashlib import sha256

import jsonschema

from inkwatch.doctor.report import schema_text
from tools.bench.table import Row
from tools.soak import pi_tree
from tools.soak.pi_tree import PROJECT, Booted
from tools.soak.report import finish, holds, options

PAGE = PROJECT / "device/inkwatch/samples"
INSTALL = "/srv/inkwatch/systemd/install.sh"
CONFIG = """# kept by upgrades
[camera]
source = "/srv/page.png"

[health]
every_s = 1.0

[mqtt]
host = "127.0.0.1"   # nobody listens there: the service must not mind
port = 9
username = "desk"
protocol = "3.1.1"
"""
CANARY = "canary-3f1c"
_INSTALL_S = 300.0
"""A busy machine: 30 s is usual."""

_STOP_S = 2.0
_RESTART_S = 15.0


class StepError(AssertionError):
    """A step did not do what it should."""


def need(*, holds: bool, what: str) -> None:
    """Stop the run where something does not hold."""
    if not holds:
        raise StepError(what)


def prepare(tree: Booted) -> None:
    """A page that only the group video may read, as cameras; the owner's config and password."""
    page = next(path for path in sorted(PAGE.glob("*")) if path.suffix in {".png", ".jpg"})
    shutil.copy(page, tree.root / "srv/page.png")
    tree.run("chgrp", "video", "/srv/page.png")
    tree.run("chmod", "0640", "/srv/page.png")
    tree.run("install", "-d", "-m", "0700", "/etc/inkwatch/credentials")
    password = tree.root / "etc/inkwatch/credentials/mqtt-password"
    password.write_text(f"{CANARY}\n")
    password.chmod(0o600)
    write_config(tree, CONFIG)


def only_local_packages(tree: Booted) -> None:
    """Let apt know a folder of packages and nothing else: it has none yet."""
    (tree.root / "srv/apt").mkdir()
    (tree.root / "srv/apt/Packages").touch()
    (tree.root / "etc/apt/sources.list").write_text("deb [trusted=yes] file:/srv/apt ./\n")


def offer_picamera2(tree: Booted) -> None:
    """Put a package of that name into apt's folder: an empty module that depends on NumPy."""
    control = (
        "Package: python3-picamera2\nVersion: 0.3.0\nArchitecture: all\n"
        "Maintainer: test <test@localhost>\nDepends: python3-numpy\nDescription: a stand-in\n"
    )
    content = tree.root / "root/deb"
    (content / "DEBIAN").mkdir(parents=True)
    (content / "DEBIAN/control").write_text(control)
    (content / "usr/lib/python3/dist-packages/picamera2").mkdir(parents=True)
    (content / "usr/lib/python3/dist-packages/picamera2/__init__.py").touch()
    tree.run("chmod", "-R", "u=rwX,go=rX", "/root/deb")
    tree.run("dpkg-deb", "--build", "/root/deb", "/srv/apt/p.deb")
    package = (tree.root / "srv/apt/p.deb").read_bytes()
    sums = f"Filename: ./p.deb\nSize: {len(package)}\nSHA256: {sha256(package).hexdigest()}\n"
    (tree.root / "srv/apt/Packages").write_text(f"{control}{sums}\n")


def write_config(tree: Booted, text: str) -> None:
    """Replace the service's config."""
    (tree.root / "etc/inkwatch/config.toml").write_text(text, encoding="utf-8")


def fails_offline(tree: Booted) -> str:
    """Without a network apt, then pip, end the installer in a sentence, and nothing is left."""
    for words in (
        ("sh", INSTALL),
        ("env", "PIP_FIND_LINKS=/nowhere", "sh", INSTALL, "--without-camera-packages"),
    ):
        done = tree.run(*words, check=False, timeout_s=_INSTALL_S)
        need(holds=done.returncode == 1, what=f"{words} ended with {done.returncode}")
        last = done.stderr.splitlines()[-1]
        need(holds=last.startswith("inkwatch was not installed:"), what=done.stderr)
        left = [name for name in ("opt/inkwatch", "etc/systemd/system/inkwatch.service")
                if (tree.root / name).exists()]  # fmt: skip
        need(holds=not left, what=f"{words} leaves {left}")
    return "apt and pip fail in one sentence"


def installs(tree: Booted) -> str:
    """The installer shows the first reading; NumPy stays apt's and the config the owner's.

    Debian's apt has no picamera2: that is told, and no reason to stop.
    """
    only_local_packages(tree)
    started = time.monotonic()
    done = tree.run("sh", INSTALL, timeout_s=_INSTALL_S)
    took_s = time.monotonic() - started
    need(holds="apt has no python3-picamera2" in done.stderr, what=done.stderr)
    need(holds="== It runs." in done.stdout, what=done.stdout + done.stderr)
    waits = tree.run("systemctl", "show", "-P", "After", "multi-user.target").stdout
    need(holds="inkwatch" not in waits, what="the machine's start waits for the camera")
    need(holds=bool(readings(tree)), what=f"no reading in the journal:\n{tree.journal()}")
    first = readings(tree).splitlines()[0]
    need(holds=first in done.stdout, what=f"the reading {first!r} is not shown:\n{done.stdout}")
    config = (tree.root / "etc/inkwatch/config.toml").read_text(encoding="utf-8")
    need(holds=config == CONFIG, what="the config was changed")
    ours = "import numpy; print(numpy.__file__)"
    at = tree.run("/opt/inkwatch/current/bin/python", "-c", ours).stdout
    need(holds="/usr/lib/python3/dist-packages/" in at, what=f"NumPy is {at}")
    size = tree.run("du", "-sm", "/opt/inkwatch").stdout.split()[0]
    return f"{took_s:.0f} s to the first reading ({first!r}), {size} MB"


def readings(tree: Booted) -> str:
    """What the service read, and nothing else of what it said."""
    return tree.journal("-p", "5..5", "_UID=" + tree.run("id", "-u", "inkwatch").stdout.strip())


def survives_kill(tree: Booted) -> str:
    """Killed, it is there again with another number, and leaves no shared memory."""
    before, count = tree.show("MainPID"), int(tree.show("NRestarts"))
    tree.run("kill", "-9", before)
    took_s = tree.wait_for("NRestarts", str(count + 1), _RESTART_S)
    took_s += tree.wait_for("ActiveState", "active", _RESTART_S)
    need(holds=tree.show("MainPID") != before, what="the process is the same")
    processes = tree.run("pgrep", "-u", "inkwatch", "-c").stdout.strip()
    return f"ready again after {took_s:.1f} s, {processes} processes"


def survives_hang(tree: Booted) -> str:
    """Stopped in its tracks, the watchdog starts it anew within WatchdogSec + 5 s."""
    watchdog_s = int(tree.run("systemctl", "show", "-P", "WatchdogUSec", "inkwatch").stdout[:-2])
    count = int(tree.show("NRestarts"))
    tree.run("kill", "-STOP", tree.show("MainPID"))
    took_s = tree.wait_for("NRestarts", str(count + 1), watchdog_s + 5.0)
    ready_s = tree.wait_for("ActiveState", "active", _RESTART_S)
    need(holds="watchdog" in tree.journal("-n", "60"), what="it was not the watchdog")
    return f"WatchdogSec={watchdog_s}: ended after {took_s:.1f} s, ready {ready_s:.1f} s later"


def reloads(tree: Booted) -> str:
    """A right config is taken by the same process; a wrong one is refused and changes nothing."""
    before = tree.show("MainPID")
    told = readings(tree)
    write_config(tree, CONFIG.replace("1.0", "2.0"))
    tree.run("systemctl", "reload", "inkwatch")
    write_config(tree, "[camera]\nsourse = 3\n")
    done = tree.run("systemctl", "reload", "inkwatch", check=False)
    need(holds=done.returncode != 0, what="a wrong config was taken")
    need(holds="sourse" in tree.journal("-p", "3"), what="the wrong key is not named")
    said = readings(tree).removeprefix(told)
    need(holds="config" not in said, what=f"a reload speaks among the readings: {said}")
    need(holds=tree.show("ActiveState") == "active", what="a wrong config stopped the service")
    need(holds=tree.show("MainPID") == before, what="a reload started it anew")
    write_config(tree, CONFIG)
    return "the right config is taken, the wrong one refused"


def stops(tree: Booted) -> str:
    """Stopping takes less than 2 s and leaves nothing running."""
    started = time.monotonic()
    tree.run("systemctl", "stop", "inkwatch")
    took_s = time.monotonic() - started
    need(holds=took_s < _STOP_S, what=f"stopping took {took_s:.1f} s")
    need(holds=tree.show("Result") == "success", what=f"it ended with {tree.show('Result')}")
    left = tree.run("pgrep", "-u", "inkwatch", "-a", check=False).stdout
    need(holds=not left, what=f"still running: {left}")
    shared = [path.name for path in (tree.root / "dev/shm").glob("*")]
    need(holds=not shared, what=f"shared memory is left: {shared}")
    return f"stopped after {took_s:.1f} s"


def refuses_wrong_config(tree: Booted) -> str:
    """With a wrong config it ends with 11 and stays down."""
    write_config(tree, "[camera]\nsourse = 3\n")
    tree.run("systemctl", "start", "inkwatch", check=False)
    tree.wait_for("ActiveState", "failed", _RESTART_S)
    time.sleep(2.5)  # longer than RestartSec
    state = [tree.show(name) for name in ("ActiveState", "ExecMainStatus", "NRestarts")]
    need(holds=state == ["failed", "11", "0"], what=f"it is {state}")
    write_config(tree, CONFIG)
    tree.run("systemctl", "start", "inkwatch")
    return "code 11, not started again"


def examines(tree: Booted) -> str:
    """Doctor finds the service, the model and the config well, as root and as anybody."""
    for user in ("nobody", "root"):
        done = tree.run(
            "runuser", "-u", user, "--", "inkwatch", "doctor", "--json", check=False, timeout_s=120
        )
        told = json.loads(done.stdout)
        jsonschema.validate(told, json.loads(schema_text()))
        grades = {finding["what"]: finding["grade"] for finding in told["findings"]}
        well = [grades.get(what) for what in ("config", "service", "model", "memory")]
        need(holds=well == ["ok"] * 4, what=f"{user}: {done.stdout}{done.stderr}")
        need(holds=not done.stderr, what=done.stderr)
    return f"worst as root: {told['worst']}"


def waits_for_camera(tree: Booted) -> str:
    """Without a camera it goes on starting, past TimeoutStartSec, until there is one."""
    drop_in(tree, "start.conf", "[Service]\nTimeoutStartSec=4\n")
    (tree.root / "srv/page.png").rename(tree.root / "srv/away.png")
    tree.run("systemctl", "daemon-reload")
    tree.run("systemctl", "restart", "--no-block", "inkwatch")
    time.sleep(10.0)
    state = [tree.show(name) for name in ("ActiveState", "NRestarts")]
    need(holds=state == ["activating", "0"], what=f"it is {state}:\n{tree.journal('-n', '20')}")
    (tree.root / "srv/away.png").rename(tree.root / "srv/page.png")
    took_s = tree.wait_for("ActiveState", "active", 75.0)
    (tree.root / "etc/systemd/system/inkwatch.service.d/start.conf").unlink()
    tree.run("systemctl", "daemon-reload")
    return f"starting for 10 s with TimeoutStartSec=4, ready {took_s:.1f} s after it came"


def upgrades(tree: Booted) -> str:
    """Config, password and state stay; a version that is broken is not taken or taken back.

    picamera2, which apt has now, is installed and seen.
    """
    offer_picamera2(tree)
    state = tree.root / "var/lib/inkwatch/kept"
    state.write_bytes(b"\x00kept")
    password = tree.root / "etc/inkwatch/credentials/mqtt-password"
    first = tree.run("readlink", "/opt/inkwatch/current").stdout
    tree.run("sh", INSTALL, timeout_s=_INSTALL_S)
    tree.run("/opt/inkwatch/current/bin/python", "-c", "import picamera2, inkwatch")
    second = tree.run("readlink", "/opt/inkwatch/current").stdout
    need(holds=first != second, what="the release is the same")
    _broken_upgrade(tree, "truncate -s 1000 device/inkwatch/models/chars/model.tflite")
    _broken_upgrade(tree, "echo 'raise SystemExit(1)' >>device/inkwatch/cli_watch.py")
    config = (tree.root / "etc/inkwatch/config.toml").read_text(encoding="utf-8")
    need(holds=config == CONFIG, what="an upgrade changed the config")
    need(holds=state.read_bytes() == b"\x00kept", what="an upgrade changed the state folder")
    need(holds=password.read_text() == f"{CANARY}\n", what="an upgrade changed the password")
    for words in ("journalctl --no-pager", "inkwatch config show", "inkwatch doctor --json",
                  "systemctl show inkwatch", "cat /var/log/inkwatch-install.log"):  # fmt: skip
        done = tree.run(*words.split(), check=False)
        need(holds=CANARY not in done.stdout + done.stderr, what=f"the password is in: {words}")
    return "config, password and state kept; two broken versions taken back"


def _broken_upgrade(tree: Booted, breaking: str) -> None:
    """Try to install a copy of the project that was broken by a command."""
    before = tree.run("readlink", "/opt/inkwatch/current").stdout
    tree.run(
        "sh", "-c",
        "rm -rf /root/broken; mkdir /root/broken; cd /srv/inkwatch; "
        "cp -r pyproject.toml README.md LICENSE device train convert systemd /root/broken; "
        f"cd /root/broken; {breaking}",
    )  # fmt: skip
    done = tree.run(
        "sh", "/root/broken/systemd/install.sh", "--without-camera-packages",
        check=False, timeout_s=_INSTALL_S,
    )  # fmt: skip
    need(holds=done.returncode == 1, what=f"{breaking}: taken:\n{done.stdout}{done.stderr}")
    after = tree.run("readlink", "/opt/inkwatch/current").stdout
    need(holds=after == before, what=f"{breaking}: the release changed to {after}")
    tree.wait_for("ActiveState", "active", _RESTART_S)
    kept = tree.run("ls", "/opt/inkwatch/releases").stdout.split()
    need(holds=len(kept) == 1, what=f"{breaking}: releases are left: {kept}")


def uninstalls(tree: Booted) -> str:
    """Settings stay until they are to go too."""
    uninstall = "/srv/inkwatch/systemd/uninstall.sh"
    tree.run("sh", uninstall)
    gone = ("opt/inkwatch", "etc/systemd/system/inkwatch.service", "usr/local/bin/inkwatch")
    left = [name for name in gone if (tree.root / name).exists()]
    need(holds=not left, what=f"left: {left}")
    need(holds=(tree.root / "etc/inkwatch/config.toml").exists(), what="the config is gone")
    tree.run("sh", uninstall, "--purge")
    left = [name for name in ("etc/inkwatch", "var/lib/inkwatch") if (tree.root / name).exists()]
    need(holds=not left, what=f"left: {left}")
    done = tree.run("id", "inkwatch", check=False)
    need(holds=done.returncode != 0, what="the user is left")
    return "nothing is left"


SHORT: tuple[Callable[[Booted], str], ...] = (
    installs, survives_kill, survives_hang, stops, refuses_wrong_config, uninstalls,
)  # fmt: skip
LONG: tuple[Callable[[Booted], str], ...] = (
    fails_offline, installs, examines, survives_kill, survives_hang, reloads, stops,
    refuses_wrong_config, waits_for_camera, upgrades, uninstalls,
)  # fmt: skip


def shorten_watchdog(tree: Booted, seconds: int) -> None:
    """Let the watchdog bite sooner, by a drop-in as an owner would write it."""
    drop_in(tree, "watchdog.conf", f"[Service]\nWatchdogSec={seconds}\n")


def drop_in(tree: Booted, name: str, text: str) -> None:
    """Change the unit by a file of one's own beside it."""
    folder = tree.root / "etc/systemd/system/inkwatch.service.d"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)


def run(suite: str, limit_s: float, steps: tuple[Callable[[Booted], str], ...] = LONG) -> None:
    """Do the steps in the tree of `suite`.

    Raises:
        StepError: one does not hold.
        TimeoutError: the time is over; the step that was under way is finished first.
    """
    ends = time.monotonic() + limit_s
    with pi_tree.booted(suite) as tree:
        prepare(tree)
        for step in steps:
            if time.monotonic() > ends:
                raise TimeoutError(f"{limit_s:.0f} s are over before {step.__name__}")
            print(f"{suite:<9} {step.__name__:<21} {step(tree)}", flush=True)


def main() -> int:
    """Run from the command line."""
    parser = options(__doc__, 600.0)
    parser.add_argument("suites", nargs="*", choices=[*pi_tree.SUITES, []], metavar="SUITE")
    parser.add_argument("--make", choices=pi_tree.SUITES, help="make the tree of a suite, and end")
    args = parser.parse_args()
    if args.make:
        pi_tree.make(args.make)
        return 0
    ends = time.monotonic() + args.limit_s
    rows: list[Row] = []
    for suite in args.suites or pi_tree.SUITES:
        if reason := pi_tree.why_not(suite):
            rows.append(Row(f"service, {suite}", f"left out: {reason}"))
            continue
        try:
            run(suite, ends - time.monotonic())
        except (StepError, TimeoutError) as error:
            print(error, file=sys.stderr)
            rows.append(holds(f"service, {suite}: installs, lives and goes", kept=False))
        else:
            rows.append(holds(f"service, {suite}: installs, lives and goes", kept=True))
    return finish(rows, args.json)


if __name__ == "__main__":
    sys.exit(main())
