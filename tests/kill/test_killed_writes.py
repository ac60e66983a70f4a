"""A process killed at any moment leaves the old file or the new one, whole, and never a part."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
OLD = b"old\n" * 1000
SIZE = 4_000_000
WRITER = f"""
import sys
from pathlib import Path
from licet.cli.files import write_atomic
print("ready", flush=True)
for turn in range(10_000):
    write_atomic(Path(sys.argv[1]), bytes([65 + turn % 26]) * {SIZE})
"""


@pytest.mark.parametrize("seed", range(12))
def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path, seed: int) -> None:
    target = tmp_path / "determination.json"
    target.write_bytes(OLD)
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(random.Random(seed).uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
    found = target.read_bytes()
    assert found == OLD or (len(found) == SIZE and len(set(found)) == 1)


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_assessment_leaves_only_whole_determinations(tmp_path: Path, seed: int) -> None:
    from licet.assessment.replay import read_determinations

    examples = Path(__file__).resolve().parents[2] / "examples"
    cases = [str(path) for path in sorted(examples.rglob("*.yaml"))]
    command = [sys.executable, "-m", "licet.cli.main", "assess", *cases, "-q", "--json"]
    with subprocess.Popen(
        [*command, "--save", str(tmp_path)], stdout=subprocess.DEVNULL
    ) as process:
        time.sleep(0.6 + random.Random(seed).uniform(0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
    for path in tmp_path.glob("*.json"):
        if not path.name.startswith("case-"):
            assert len(read_determinations(path.read_bytes(), path.name)) == 1


@pytest.fixture(scope="module")
def transfers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("polars")
    from benchmarks.sweep import most_read, write_tables

    folder = tmp_path_factory.mktemp("tables")
    write_tables(folder, 400_000, most_read(12))
    return folder / "transfers.parquet"


@pytest.mark.parametrize("seed", range(6))
def test_a_killed_sweep_leaves_the_old_answer_whole(
    transfers: Path, tmp_path: Path, seed: int
) -> None:
    import pyarrow.parquet as pq

    target = tmp_path / "out.parquet"
    target.write_bytes(OLD)
    command = [sys.executable, "-m", "licet.cli.main", "sweep", str(transfers), "-q", "--force"]
    with subprocess.Popen([*command, "-o", str(target)], stdout=subprocess.DEVNULL) as process:
        time.sleep(0.8 + random.Random(seed).uniform(0, 1.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert target.read_bytes() == OLD or pq.read_metadata(target).num_rows == 400_000
