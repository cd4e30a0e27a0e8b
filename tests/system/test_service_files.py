"""The unit, its user and the installer, as far as that can be told without starting a system."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from inkwatch.errors import ExitCode

UNIT = "systemd/inkwatch.service"

needs_analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze here: apt install systemd"
)


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def unit(project: Path, tmp_path: Path) -> Path:
    """The unit with a program that is there: the real one comes with the installation."""
    text = (project / UNIT).read_text(encoding="utf-8")
    assert text.count("/opt/inkwatch/bin/inkwatch") == 2
    copy = tmp_path / "inkwatch.service"
    copy.write_text(text.replace("/opt/inkwatch/bin/inkwatch", "/bin/true"), encoding="utf-8")
    return copy


def settings(project: Path) -> list[tuple[str, str]]:
    rows = (project / UNIT).read_text(encoding="utf-8").splitlines()
    return [
        (name, value)
        for name, equals, value in (row.partition("=") for row in rows)
        if equals and not name.startswith("#")
    ]


@needs_analyze
def test_systemd_has_nothing_to_say_of_the_unit(unit: Path) -> None:
    """It ends with 0 even where it does not know a setting: any word of it is a failure."""
    done = run("systemd-analyze", "verify", str(unit))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_analyze
def test_the_check_of_the_unit_sees_mistakes(unit: Path) -> None:
    unit.write_text(unit.read_text().replace("RestartSec=", "RestartSecs="))
    assert "RestartSecs" in run("systemd-analyze", "verify", str(unit)).stderr


@needs_analyze
def test_the_service_can_do_little_harm(unit: Path) -> None:
    words = ("systemd-analyze", "security", "--offline=true", "--threshold=15", str(unit))
    done = run(*words, SYSTEMD_COLORS="0", SYSTEMD_EMOJI="0")
    assert done.returncode == 0, done.stdout
    assert re.search(r"exposure level for inkwatch\.service: 1\.[0-5] ", done.stdout), done.stdout


def test_the_service_reaches_the_cameras_and_nothing_more(project: Path) -> None:
    found = settings(project)
    assert ("DevicePolicy", "closed") in found
    assert [value for name, value in found if name == "DeviceAllow"] == [
        "char-video4linux rw",
        "char-media rw",
        "char-dma_heap rw",
    ]
    assert ("CapabilityBoundingSet", "") in found
    assert ("SupplementaryGroups", "video") in found


def test_what_does_not_mend_itself_is_not_started_again(project: Path) -> None:
    codes = dict(settings(project))["RestartPreventExitStatus"].split()
    assert [ExitCode(int(code)) for code in codes] == [
        ExitCode.USAGE,
        ExitCode.BUNDLE,
        ExitCode.MISSING,
        ExitCode.CONFIG,
    ]


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="no systemd-sysusers here")
def test_the_user_is_made_and_may_use_cameras(project: Path, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/group").write_text("root:x:0:\nvideo:x:44:\n")
    (tmp_path / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    done = run(
        "systemd-sysusers", f"--root={tmp_path}", str(project / "systemd/inkwatch.sysusers.conf")
    )
    assert done.returncode == 0, done.stderr
    user = next(
        row for row in (tmp_path / "etc/passwd").read_text().splitlines() if "inkwatch" in row
    )
    assert user.split(":")[5:] == ["/var/lib/inkwatch", "/usr/sbin/nologin"]
    assert "video:x:44:inkwatch\n" in (tmp_path / "etc/group").read_text()


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="no shellcheck here")
@pytest.mark.parametrize("script", ["install.sh", "uninstall.sh"])
def test_shellcheck_has_nothing_to_say(project: Path, script: str) -> None:
    done = run("shellcheck", str(project / "systemd" / script))
    assert done.stdout == ""


def fake_machine(folder: Path, **programs: str) -> str:
    """A PATH on which these programs come before the real ones."""
    folder.mkdir(exist_ok=True)
    for name, script in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def test_a_dry_run_shows_every_step_and_does_nothing(project: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    path = fake_machine(
        tmp_path / "bin",
        **dict.fromkeys(
            ("apt-get", "systemctl", "systemd-sysusers", "install", "mkdir", "ln", "mv", "cp"),
            f'echo "$0 $*" >>{calls}',
        ),
        **{"dpkg-query": "exit 1", "dpkg": "echo arm64"},
    )
    done = run("sh", str(project / "systemd/install.sh"), "--dry-run", PATH=path)
    assert done.returncode == 0, done.stderr
    steps = [
        "apt-get", "python3-picamera2", "--no-install-recommends", "python3-venv",
        "venv --system-site-packages", "apt's version of NumPy", "[mqtt]", "models --check",
        "systemd-sysusers", "/etc/inkwatch/config.toml", "/etc/systemd/system/inkwatch.service",
        "current", "enable", "restart",
    ]  # fmt: skip
    places = [done.stdout.find(step) for step in steps]
    assert -1 not in places, dict(zip(steps, places, strict=True))
    changes = [
        row
        for row in (calls.read_text().splitlines() if calls.exists() else [])
        if not re.search(r"systemctl (show|is-enabled|is-active)", row)
    ]
    assert changes == []
    assert not Path("/opt/inkwatch").exists()


@pytest.mark.parametrize(
    ("programs", "words"),
    [
        ({"dpkg": "echo armhf"}, ["32 bits", "docs/install-pi.md"]),
        ({"dpkg": "echo riscv64"}, ["riscv64"]),
        ({"id": "echo 1000"}, ["sudo"]),
        ({"df": "echo h; echo / 1 1 1000 1 /"}, ["free on the disk"]),
    ],
)
def test_what_would_stop_it_is_one_sentence(
    project: Path, tmp_path: Path, programs: dict[str, str], words: list[str]
) -> None:
    path = fake_machine(tmp_path / "bin", **{"dpkg": "echo arm64", **programs})
    done = run("sh", str(project / "systemd/install.sh"), "--dry-run", PATH=path)
    stops = [row for row in done.stderr.splitlines() if "would stop here" in row]
    assert any(all(word in row for word in words) for row in stops), done.stderr


def test_without_root_nothing_is_begun(project: Path, tmp_path: Path) -> None:
    path = fake_machine(tmp_path / "bin", id="echo 1000")
    done = run("sh", str(project / "systemd/install.sh"), PATH=path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "inkwatch was not installed: this needs root. Give the command with sudo."
    ]
    done = run("sh", str(project / "systemd/uninstall.sh"), PATH=path)
    assert done.returncode == 1
    assert "sudo" in done.stderr


@pytest.mark.parametrize("script", ["install.sh", "uninstall.sh"])
def test_mistyped_options_are_refused_before_anything(project: Path, script: str) -> None:
    done = run("sh", str(project / "systemd" / script), "--dryrun")
    assert done.returncode == 2
    assert "unknown: --dryrun" in done.stderr
    assert run("sh", str(project / "systemd" / script), "--help").returncode == 0


def test_a_dry_removal_does_nothing(project: Path) -> None:
    done = run("sh", str(project / "systemd/uninstall.sh"), "--dry-run", "--purge")
    assert done.returncode == 0, done.stderr
    assert "rm -rf /etc/inkwatch /var/lib/inkwatch" in done.stdout
