"""One measurement: granulith in processes of its own, watched for time and memory."""
import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

ENVIRONMENT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
               "OMPI_MCA_rmaps_base_oversubscribe": "1", **os.environ}
PAGE = os.sysconf("SC_PAGE_SIZE")
LOOK_SECONDS = 0.1


class Told:
    """Whether the driver was told to end: looked at where a run can be ended too, since an exception out
    of a signal's handler while a run starts would leave it behind."""

    to_stop = False

    @classmethod
    def stop(cls, *_):
        cls.to_stop = True

    @classmethod
    def check(cls):
        if cls.to_stop:
            raise SystemExit("benchmark: stopped")


@dataclass
class Limits:
    """What a run may take before it is stopped; both are of all ranks together."""

    seconds: float
    memory_bytes: float


@dataclass
class Run:
    """What came of a run: `results` are those of results.json, None if there are none."""

    outcome: str
    peak_bytes: float
    other_cores: float  # processors that other work on the machine kept busy meanwhile
    results: dict = None


class OtherWork:
    """Time that this machine's processors spend on what is not ours."""

    def __init__(self):
        self.begin, self.others = time.monotonic(), self.seconds()

    @staticmethod
    def seconds():
        ticks = list(map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9]))
        own = os.times()  # of children as well, once they have ended
        return ((sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")  # neither idle nor io
                - sum(own[:4]))

    def cores(self):
        return max(0.0, (self.seconds() - self.others) / (time.monotonic() - self.begin))


def descendants(pid):
    """Ids of the processes that a process started, and that those started."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:  # "pid (name) state parent ...", and a name may hold anything
            parents[int(path.parent.name)] = int(path.read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):  # ended meanwhile
            pass
    found = [pid]
    for ancestor in found:
        found += [child for child, parent in parents.items() if parent == ancestor]
    return found[1:]


def resident_bytes(pids):
    total = 0
    for pid in pids:
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
        except (OSError, IndexError):
            pass
    return total


def stop(process):
    """mpirun ends its ranks; one that does not listen is ended with them."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def watch(process, limits):
    """Waits; returns why the process was stopped, or None, and the most memory seen."""
    begin, peak, looks, ranks = time.monotonic(), 0, 0, []
    try:
        while process.poll() is None:
            Told.check()
            if looks < 20 or looks % 50 == 0:  # once they are there they stay
                ranks = descendants(process.pid)
            looks += 1
            peak = max(peak, resident_bytes(ranks))
            if peak > limits.memory_bytes:
                return f"out of memory: over {limits.memory_bytes / 1e9:.3g} GB", peak
            if time.monotonic() - begin > limits.seconds:
                return f"over {limits.seconds:g} s", peak
            time.sleep(LOOK_SECONDS)
        return None, peak
    finally:  # the driver itself may be told to end
        if process.poll() is None:
            stop(process)


def run(command, output, limits):
    """Runs granulith with its results in `output`."""
    Told.check()
    results, messages = output / "results.json", output / "messages"
    output.mkdir(parents=True, exist_ok=True)
    results.unlink(missing_ok=True)
    others = OtherWork()
    with open(messages, "w") as file:
        process = subprocess.Popen([*map(str, command), "--output", str(output)], env=ENVIRONMENT,
                                   stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        stopped, peak = watch(process, limits)
    read = json.loads(results.read_text()) if results.exists() and not stopped else None
    if stopped:
        outcome = stopped
    elif read is None:
        outcome = f"failed: exit status {process.returncode}: {complaint(messages)}"
    elif not read["solve"]["converged"]:
        outcome = f"not converged: {read['solve']['reason']}"
    else:
        outcome = "converged"
    return Run(outcome, peak, others.cores(), read)


def complaint(messages):
    """What the program said first, PETSc's or its own."""
    lines = [line.strip() for line in messages.read_text(errors="replace").splitlines()]
    said = [line for line in lines if line.startswith(("granulith:", "[0]PETSC ERROR:"))
            and "warning" not in line and "---" not in line]
    return (said or [line for line in lines if line] or ["no message"])[0][:200]
