import pytest
from tests.device.doctor.fake_machine import FakeMachine

from inkwatch.doctor.finding import Grade
from inkwatch.doctor.memory import check_memory


def meminfo(total_mb: int, free_mb: int, cma_mb: int | None = None) -> str:
    rows = f"MemTotal: {total_mb * 1024} kB\nMemAvailable: {free_mb * 1024} kB\n"
    if cma_mb is None:
        return rows
    return f"{rows}CmaTotal: {cma_mb * 1024} kB\nCmaFree: {cma_mb * 512} kB\n"


@pytest.mark.parametrize(
    ("free_mb", "grade"), [(300, Grade.OK), (100, Grade.OK), (99, Grade.WARNING)]
)
def test_free_memory(machine: FakeMachine, free_mb: int, grade: Grade) -> None:
    machine.put("/proc/meminfo", meminfo(416, free_mb))
    (found,) = check_memory(machine, ribbon_camera=True)
    assert (found.what, found.grade) == ("memory", grade)
    assert f"{free_mb} MB of 416 MB" in found.message


@pytest.mark.parametrize(("cma_mb", "grade"), [(64, Grade.OK), (48, Grade.OK), (16, Grade.FAULT)])
def test_memory_for_pictures(machine: FakeMachine, cma_mb: int, grade: Grade) -> None:
    machine.put("/proc/meminfo", meminfo(416, 300, cma_mb))
    found = check_memory(machine, ribbon_camera=True)[-1]
    assert (found.what, found.grade) == ("cma", grade)
    assert bool(found.mend) is (grade is Grade.FAULT)


def test_cma_does_not_matter_without_a_ribbon_camera(machine: FakeMachine) -> None:
    machine.put("/proc/meminfo", meminfo(416, 300, 0))
    assert [found.what for found in check_memory(machine, ribbon_camera=False)] == ["memory"]


@pytest.mark.parametrize("text", [None, "", "MemTotal:\nnonsense", "MemTotal: x kB\n\0"])
def test_a_kernel_that_tells_nothing(machine: FakeMachine, text: str | None) -> None:
    if text is not None:
        machine.put("/proc/meminfo", text)
    (found,) = check_memory(machine, ribbon_camera=True)
    assert found.grade is Grade.NOTE
