#!/usr/bin/python3
"""What granulith refuses: exit status, one clear message a problem, nothing half-written."""
import re
import unittest

from program import FILM, SLAB, CaseText, ProgramTest, Raw, changed

SEEDS = "x_um,y_um,z_um,weight_um2\n"
SPHERES = "x_um,y_um,z_um,radius_um\n"
PAIRS = "grain_a,grain_b,resistance_ohm_cm2\n"
GLASS_CERAMIC = {"phases": [{"name": "glass", "conductivity_S_per_cm": 1e-5},
                            {"name": "crystal", "conductivity_S_per_cm": 1e-3}],
                 "boundaries": None}
REFERENCES = 'references = ( { what = "all"; source = "nowhere"; } );\n'

# what is wrong: changes to FILM, the key whose line must be named, what the message must say
CASES = {
    "a negative thickness":
        ({"film.thickness_um": -1.0}, "film.thickness_um", ["-1", "above 0"]),
    "a width of 0":
        ({"film.width_um": [1.0, 0.0]}, "film.width_um", ["[1, 0]", "above 0"]),
    "no cells":
        ({"film.cells": [0, 12, 12]}, "film.cells", ["[0, 12, 12]", "integers", "1"]),
    "cells that are no integers":
        ({"film.cells": [1.5, 2.0, 2.0]}, "film.cells", ["[1.5, 2, 2]", "integers"]),
    "two cells instead of three":
        ({"film.cells": [12, 12]}, "film.cells", ["[12, 12]", "3 integers"]),
    "a negative conductivity":
        ({"phases.[0].conductivity_S_per_cm": -1e-4}, "phases.[0].conductivity_S_per_cm",
         ["-0.0001", "above 0"]),
    "a negative resistance":
        ({"boundaries.[0].resistance_ohm_cm2": -0.5}, "boundaries.[0].resistance_ohm_cm2",
         ["-0.5", "not below 0"]),
    "not-a-number":
        ({"film.thickness_um": Raw("NaN")}, "film.thickness_um", []),
    "infinity by overflow":
        ({"film.thickness_um": Raw("1e400")}, "film.thickness_um", ["1e400"]),
    "an integer beyond 32 bits":
        ({"structure.seed": Raw("5000000000")}, "structure.seed", ["5000000000", "32 bits"]),
    "a long integer beyond the range":
        ({"structure.seed": Raw("5000000000L")}, "structure.seed", ["5000000000", "2147483647"]),
    "an array of mixed numbers":
        ({"film.width_um": Raw("[2, 2.0]")}, "film.width_um", ["one kind", "( )"]),
    "an unknown key":
        ({"film.colour": 1}, "film.colour", ["1", "unknown key", "thickness_um"]),
    "a misspelt key":
        ({"film.latteral": "periodic"}, "film.latteral",
         ["unknown key", "did you mean lateral?"]),
    "a misspelt group":
        ({"solvr": {"tolerance": 1e-6}}, "solvr", ["unknown key", "did you mean solver?"]),
    "text instead of a number":
        ({"film.thickness_um": "thick"}, "film.thickness_um", ['"thick"', "number"]),
    "a number instead of a group":
        ({"anode": 2.0}, "anode", ["group"]),
    "a number instead of yes or no":
        ({"output": {"fields": 1}}, "output.fields", ["true", "false"]),
    "an unknown choice":
        ({"film.lateral": "open"}, "film.lateral", ['"open"', "periodic", "insulating"]),
    "an unknown material":
        ({"phases": [{"name": "grain", "material": "unobtainium"}]}, "phases.[0].material",
         ["unobtainium"]),
    "an unknown generator":
        ({"structure.generator": "polycristal"}, "structure.generator",
         ['"polycristal"', 'did you mean "polycrystal"?', "columnar"]),
    "an unknown phase in a boundary":
        ({"boundaries.[0].between": ["grain", "glass"]}, "boundaries.[0].between",
         ["glass", "the phases are: grain"]),
    "an unknown phase in phase_fractions":
        ({"structure.phase_fractions": [{"phase": "glas", "fraction": 0.2}]},
         "structure.phase_fractions.[0].phase", ["glas", "grain"]),
    "a boundary given twice over":
        ({"boundaries.[0].total_conductivity_S_per_cm": 1e-5}, None,
         ["resistance_ohm_cm2", "total_conductivity_S_per_cm", "one"]),
    "a missing phase conductivity":
        ({"phases": [{"name": "grain"}]}, None, ["conductivity_S_per_cm", "missing"]),
    "a missing grain size":
        ({"structure.grain_size_um": None}, None, ["grain_size_um", "seeds_file"]),
    "a film narrower than a grain":
        ({"structure.grain_size_um": 1.5}, "structure.grain_size_um", ["1.5", "width", "1 um"]),
    "a file that is not there":
        ({"boundaries_file": "pairs.csv"}, "boundaries_file", ["pairs.csv", "no such file"]),
    "more cells than an index can count":
        ({"film.cells": [1000000, 1000000, 1000000]}, "film.cells", ["1e+18"]),
    "spheres that cannot be packed":
        ({"structure": {"generator": "crystallites", "fraction": 0.5, "diameter_um": 0.9},
          **GLASS_CERAMIC}, None, ["0.9", "0.5", "no packing"]),
    "spheres denser than can be":
        ({"structure": {"generator": "crystallites", "fraction": 0.6, "diameter_um": 0.2},
          **GLASS_CERAMIC}, "structure.fraction", ["0.6", "0.5"]),
    "pores denser than can be":
        ({"structure.pores": {"fraction": 0.6, "diameter_um": 0.2}}, None,
         ["structure.pores.fraction", "0.6", "0.5"]),
    "crystallites without a second phase":
        ({"structure": {"generator": "crystallites", "fraction": 0.2, "diameter_um": 0.3}}, None,
         ["two phases"]),
    "bricks that do not divide the box":
        ({"structure": {"generator": "bricks", "brick_um": [0.3, 0.5, 0.5]}},
         "structure.brick_um", ["0.3", "0.25", "0.333"]),
    "bricks between cell faces":
        ({"structure": {"generator": "bricks", "brick_um": [0.5, 0.5, 0.2]}},
         "structure.brick_um", ["0.2", "12 cells"]),
    "planes that cross":
        ({"film.lateral": "insulating",
          "structure": {"generator": "planes", "planes": [
              {"at_um": 0.5, "normal": [0.3, 0.0, 1.0]},
              {"at_um": 0.55, "normal": [-0.3, 0.0, 1.0]}]}}, None,
         ["planes", "0.5 and 0.55", "cross"]),
    "the same plane twice":
        ({"structure": {"generator": "planes", "planes": [{"at_um": 0.5}, {"at_um": 0.5}]}}, None,
         ["planes", "0.5"]),
    "a total conductivity above the bulk's":
        ({"boundaries": [{"between": ["grain", "grain"], "total_conductivity_S_per_cm": 1e-3}]},
         None, ["total_conductivity_S_per_cm", "0.001", "0.0001"]),
    "a total conductivity of columns":
        ({"structure.generator": "columnar",
          "boundaries": [{"between": ["grain", "grain"], "total_conductivity_S_per_cm": 1e-5}]},
         None, ["total_conductivity_S_per_cm", "resistance_ohm_cm2"]),
    "a pore that closes the film":  # the only column of cells runs through it
        ({"film.cells": [1, 1, 8], "structure": {"generator": "amorphous",
                                                 "pores": {"fraction": 0.5, "diameter_um": 0.9}},
          "boundaries": None}, None, ["does not percolate", "void"]),
    "an insulator":
        ({"phases.[0].conductivity_S_per_cm": 0.0}, "phases.[0].conductivity_S_per_cm", ["above 0"]),
}

# files beside the case: file's key in the case, its content, the line at fault, what is said
FILES = {
    "a seed outside the film":
        ("structure.seeds_file", SEEDS + "0.2,0.2,0.2,0\n0.1,0.1,5.0,0\n", 3, ["z = 5", "[0, 1]"]),
    "a seed there twice":
        ("structure.seeds_file", SEEDS + "0.1,0.1,0.5,0\n0.1,0.1,0.5,0\n", 3, ["line 2"]),
    "a seed that is no number":
        ("structure.seeds_file", SEEDS + "0.1,0.1,0.5,0\n0.1,abc,0.5,0\n", 3, ["abc"]),
    "a seed with columns missing":
        ("structure.seeds_file", SEEDS + "0.1,0.1\n", 2, ["2", "4"]),
    "a wrong header":
        ("structure.seeds_file", "x,y,z\n0.1,0.1,0.5\n", 1, ["x_um,y_um,z_um,weight_um2"]),
    "spheres that overlap":
        ("structure.spheres_file", SPHERES + "0.5,0.5,0.5,0.2\n0.6,0.5,0.5,0.2\n", 3,
         ["overlap", "line 2", "0.1 um"]),
    "a boundary of a grain with itself":
        ("boundaries_file", PAIRS + "1,1,2.0\n", 2, ["grain 1", "itself"]),
    "a boundary of a grain that is not there":
        ("boundaries_file", PAIRS + "1,999,2.0\n", 2, ["999", "from 1 to"]),
    "a negative resistance in a file":
        ("boundaries_file", PAIRS + "1,2,-1\n", 2, ["-1", "not below 0"]),
    "a line too short in a file":
        ("boundaries_file", PAIRS + "1,2\n", 2, ['"1,2"', "3"]),
    "a boundary listed twice":
        ("boundaries_file", PAIRS + "1,2,3\n2,1,4\n", None, ["1 and 2", "twice"]),
    "a grain listed twice":
        ("anode.grain_resistance_file", "grain,resistance_ohm_cm2\n1,3\n1,4\n", None,
         ["grain 1", "twice"]),
}

MATERIALS = {
    "a material without references":
        ("conductivity_S_per_cm = 1e-4;\n", None, ["references", "missing"]),
    "a misspelt key in a material":
        ("conductivity_S_per_cm = 1e-4;\ndescripton = \"x\";\n" + REFERENCES, 2,
         ["descripton", "did you mean description?"]),
    "a syntax error in a material":
        ("conductivity_S_per_cm = ;\n" + REFERENCES, 1, ["syntax error"]),
}

OPTIONS = {
    "an unknown option": (["--bogus"], ["--bogus", "--output"]),
    "--output without a value": (["--output"], ["--output", "value"]),
    "--set without a value": (["--set"], ["--set", "value"]),
    "--set of a misspelt key":
        (["--set", "film.thicknes_um=2"], ["film.thicknes_um", "did you mean thickness_um?"]),
    "--set without =": (["--set", "film.thickness_um"], ["film.thickness_um", "path=value"]),
    "--set with nothing behind =": (["--set", "film.thickness_um="], ["film.thickness_um="]),
    "--set of a value out of range":
        (["--set", "film.thickness_um=-2"], ["--set film.thickness_um=-2", "above 0"]),
    "--set of a value of another type":
        (["--set", "film.thickness_um=thick"], ['"thick"', "number"]),
    "--set of a phase that is not there":
        (["--set", "phases.glass.material=x"], ["glass", "grain"]),
    "--set of an entry that is not there": (["--set", "phases.[3].name=x"], ["[3]", "[0]"]),
    "--set of a mixed array": (["--set", "film.width_um=[2, 2.0]"], ["one kind"]),
    "a misspelt PETSc option": (["-ksp_montor"], ["-ksp_montor", "spelling"]),
    "a solver the error estimate does not hold for": (["-ksp_type", "gmres"], ["-ksp_type", "cg"]),
    "a preconditioner that cannot halve the film": (["-pc_type", "smg"], ["smg", "12", "power of 2"]),
    "multigrid with a threshold above 1": (["-grain_mg_theta", "7"], ["-grain_mg_theta 7", "at most 1"]),
    "multigrid without a last level":
        (["-grain_mg_coarse_size", "0"], ["-grain_mg_coarse_size 0", "at least 1"]),
    "multigrid doubled less than never":
        (["-grain_mg_doubled", "-2"], ["-grain_mg_doubled -2", "at least -1"]),
    "multigrid with two kinds of lines":
        (["-grain_mg_lines", "2"], ["-grain_mg_lines 2", "0, 1, or -1"]),
    "multigrid without damping": (["-grain_mg_damping", "0"], ["-grain_mg_damping 0", "above 0"]),
    "multigrid damped by more than 1":
        (["-grain_mg_damping", "1.5"], ["-grain_mg_damping 1.5", "at most 1"]),
    "multigrid with a word for damping":
        (["-grain_mg_damping", "much"], ["-grain_mg_damping much", "a number"]),
    "multigrid with half a step of Lanczos":
        (["-grain_mg_lanczos", "1.5"], ["-grain_mg_lanczos 1.5", "integer"]),
    "multigrid with too many steps of Lanczos":
        (["-grain_mg_lanczos", "51"], ["-grain_mg_lanczos 51", "1 to 50"]),
    "a solver PETSc does not know": (["-ksp_type", "foo"], ["foo"]),
}


class Refusals(ProgramTest):
    def refuse(self, arguments, status=2, ranks=1, count=1):
        """Runs what must be refused and returns the messages; nothing may be left behind."""
        before = self.files_below(self.place)
        finished = self.run_program(*arguments, ranks=ranks, expect=None)
        self.assertEqual(finished.status, status, finished)
        self.assertEqual(len(finished.errors), count, finished)
        if ranks == 1:
            self.assertEqual(finished.stderr.splitlines(), finished.errors)
        self.assertEqual(self.files_below(self.place), before)
        return finished.errors

    def assert_says(self, error, place, fragments):
        self.assertTrue(error.startswith(f"granulith: error: {place}"),
                        f"{error!r} does not begin with the place {place}")
        for fragment in fragments:
            self.assertIn(fragment, error)

    def test_values_of_a_case(self):
        for name, (changes, key, fragments) in CASES.items():
            with self.subTest(name):
                text = CaseText(changed(FILM, changes))
                directory = self.write_case(str(text))
                (error,) = self.refuse([directory])
                place = f"{directory}/case.cfg"
                if key:
                    place += f":{text.line_of[key]}: "
                    if "syntax" not in error and not isinstance(changes.get(key), Raw):
                        fragments = [key.split("].")[-1], *fragments]
                self.assert_says(error, place, fragments)

    def test_files_beside_a_case(self):
        for name, (key, content, line, fragments) in FILES.items():
            with self.subTest(name):
                changes = {"structure.grain_size_um": None} if "seeds" in key else {}
                if "spheres" in key:
                    changes = {"structure": {"generator": "crystallites"}, **GLASS_CERAMIC}
                directory = self.write_case(changed(FILM, {**changes, key: "list.csv"}),
                                            list_csv=content)
                place = f"{directory}/list.csv" + (f":{line}: " if line else "")
                (error,) = self.refuse([directory])
                self.assert_says(error, place, fragments)

    def test_materials(self):
        case = changed(FILM, {"phases": [{"name": "grain", "material": "mine"}]})
        for name, (content, line, fragments) in MATERIALS.items():
            with self.subTest(name):
                directory = self.write_case(case, **{"mine.cfg": content})
                place = f"{directory}/mine.cfg" + (f":{line}: " if line else "")
                (error,) = self.refuse([directory])
                self.assert_says(error, place, fragments)

    def test_options(self):
        directory = self.write_case(FILM)
        for name, (options, fragments) in OPTIONS.items():
            with self.subTest(name):
                (error,) = self.refuse(["run", directory, *options])
                self.assert_says(error, "", fragments)

    def test_text_that_is_no_case(self):
        for text, place in ((f"film: {{ thickness_um = ; }};\n", "case.cfg:1: "),
                            ("film: { thickness_um = 1.0;\n", "case.cfg:"),
                            ('@include "nothing.cfg"\n', "case.cfg")):
            with self.subTest(text):
                directory = self.write_case(text)
                (error,) = self.refuse([directory])
                self.assert_says(error, f"{directory}/{place}", [])

    def test_an_empty_case_lacks_three_groups(self):
        directory = self.write_case("")
        errors = self.refuse([directory], count=3)
        for key, error in zip(("structure", "phases", "film"), errors):
            self.assert_says(error, f"{directory}/case.cfg: ", [key, "missing"])

    def test_all_problems_are_said_in_one_go(self):
        text = CaseText(changed(FILM, {"film.thickness_um": -1.0, "film.cells": [0, 1, 1],
                                       "structure.seedd": 3, "cathode.layers": 5}))
        directory = self.write_case(str(text))
        errors = self.refuse([directory], count=4)
        keys = "film.thickness_um", "film.cells", "structure.seedd", "cathode.layers"
        for key, error in zip(keys, errors):
            self.assert_says(error, f"{directory}/case.cfg:{text.line_of[key]}: ", [key])

    def test_problems_of_two_cases_are_said_in_one_go(self):
        first = self.write_case(changed(FILM, {"film.thickness_um": -1.0}), "first")
        second = self.write_case(changed(FILM, {"film.cells": [0, 1, 1]}), "second")
        errors = self.refuse(["compare", first, second], count=2)
        self.assertIn(str(first), errors[0])
        self.assertIn(str(second), errors[1])

    def test_more_cells_than_memory_holds(self):
        directory = self.write_case(changed(FILM, {"film.cells": [1200, 1200, 1200]}))
        for command in "run", "check":
            (error,) = self.refuse([command, directory])
            self.assert_says(error, f"{directory}/case.cfg", ["film.cells", "1728000000", "free"])
            needed, free = map(float, re.findall(r"([\d.e+]+) GB", error))
            self.assertGreater(needed, 120)  # 70 bytes a cell
            self.assertGreater(needed, free)

    def test_no_such_case(self):
        (self.place / "empty").mkdir()
        (self.place / "file").write_text("")
        for path, says in (("nowhere", "no such directory"), ("empty", "no case.cfg"),
                           ("file", "no directory")):
            (error,) = self.refuse([path])
            self.assert_says(error, path, [says])

    def test_no_case_named(self):
        for command in "run", "compare", "mesh", "check":
            (error,) = self.refuse([command])
            self.assert_says(error, "", [command, "case directory"])

    def test_the_same_case_twice(self):
        directory = self.write_case(SLAB)
        for command in "run", "compare", "mesh":
            (error,) = self.refuse([command, directory, f"{directory}/."])
            self.assert_says(error, directory, ["overwrite", "once"])

    def test_help_on_nothing(self):
        (error,) = self.refuse(["help", "me"])
        self.assert_says(error, "", ['"me"', "materials"])

    def test_a_place_that_cannot_be_written(self):
        directory = self.write_case(SLAB)
        (self.place / "file").write_text("")
        for command in "run", "mesh", "compare":
            for output in "file/results", "/proc/nothing/here", "file":
                with self.subTest(command, output=output):
                    errors = self.refuse([command, directory, "--output", output], status=4)
                    self.assert_says(errors[0], output, ["cannot be written"])

    def test_on_two_ranks_a_message_comes_once(self):
        directory = self.write_case(changed(FILM, {"film.thickness_um": -1.0}))
        (error,) = self.refuse([directory], ranks=2)
        self.assert_says(error, f"{directory}/case.cfg:2: film.thickness_um", ["above 0"])
        directory = self.write_case(changed(FILM, {"structure.grain_size_um": None,
                                                   "structure.seeds_file": "list.csv"}),
                                    list_csv=SEEDS + "0.1,0.1,5.0,0\n")
        (error,) = self.refuse([directory], ranks=2)
        self.assert_says(error, f"{directory}/list.csv:2: ", ["outside"])
        directory = self.write_case(FILM)
        (error,) = self.refuse([directory, "-ksp_montor"], ranks=2)
        self.assert_says(error, "", ["-ksp_montor"])
        (error,) = self.refuse([directory, "--output", "/proc/nothing"], ranks=2, status=4)
        self.assert_says(error, "/proc/nothing", ["cannot be written"])

    def test_more_ranks_than_cells(self):
        directory = self.write_case(changed(SLAB, {"film.cells": [1, 1, 2]}))
        (error,) = self.refuse([directory], ranks=3)
        self.assert_says(error, f"{directory}/case.cfg", ["3 ranks", "1 x 1 x 2", "fewer"])


if __name__ == "__main__":
    unittest.main()
