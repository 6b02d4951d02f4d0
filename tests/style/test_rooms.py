"""The rooms keep their one-way order: including upwards or sideways does not compile."""
import json
import os
import pathlib
import shlex
import subprocess
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["BUILD"])
# a source of each room, a header of each room, and the rooms it may see
SOURCES = {"physics": "solver/physics/boundary.c", "mesh": "mesh/grid.c", "scheme": "solver/scheme/faces.c",
           "solve": "solver/solve/steady.c", "report": "solver/report/asr.c", "run": "solver/run/model.c"}
HEADERS = {"physics": "boundary.h", "mesh": "grid.h", "scheme": "faces.h", "solve": "steady.h",
           "report": "asr.h", "run": "model.h"}
SEES = {"physics": [], "mesh": [], "scheme": ["mesh", "physics"], "solve": ["scheme", "mesh", "physics"],
        "report": ["solve", "scheme", "mesh", "physics"],
        "run": ["report", "solve", "scheme", "mesh", "physics"]}


def compiles(room, include):
    commands = {entry["file"]: entry for entry in json.loads((BUILD / "compile_commands.json").read_text())}
    words = shlex.split(commands[str(TOP / SOURCES[room])]["command"])
    flags = [w for i, w in enumerate(words) if w.startswith(("-I", "-isystem", "-D", "-std"))
             or words[i - 1] == "-isystem"]
    return subprocess.run([words[0], *flags, "-x", "c", "-fsyntax-only", "-"], text=True, cwd=BUILD,
                          input=f'#include "{include}"\n', capture_output=True).returncode == 0


class Rooms(unittest.TestCase):
    def test_a_room_sees_what_is_below_and_nothing_else(self):
        for room in SOURCES:
            for other, header in HEADERS.items():
                with self.subTest(room=room, includes=header):
                    self.assertEqual(compiles(room, header), other == room or other in SEES[room])

    def test_physics_sees_no_petsc_and_no_mpi(self):
        for header in ("petscsys.h", "mpi.h"):
            self.assertFalse(compiles("physics", header))
            self.assertTrue(compiles("mesh", header))

    def test_libconfig_is_for_run_alone_and_json_for_report_and_run(self):
        # these headers are in the system's folder, which every compiler sees: look at the text
        allowed = {"libconfig.h": ["solver/run"], "jansson.h": ["solver/report", "solver/run"],
                   "hdf5.h": ["solver/report", "mesh"]}
        for source in [*TOP.glob("solver/**/*.[ch]"), *TOP.glob("mesh/*.[ch]")]:
            room = str(source.relative_to(TOP).parent)
            for header, rooms in allowed.items():
                if f"#include <{header}>" in source.read_text():
                    self.assertTrue(any(room.startswith(r) for r in rooms), f"{source} includes {header}")


if __name__ == "__main__":
    unittest.main()
