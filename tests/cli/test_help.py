#!/usr/bin/python3
"""What the program says of itself: help, check, version."""
import re
import subprocess
import unittest

from program import FILM, TREE, ProgramTest, changed

# every key of the tables: group, key, default (or what is said instead), range or type
KEYS = """
thickness_um otherwise above|width_um|cells|lateral periodic insulating|grading_z 1.0 1000|layer_cells converge
generator polycrystal columnar crystallites bricks planes labels|grain_size_um|size_spread 0.35|aspect 1.0
seed 1|periodic_z false|seeds_file|brick_um|staggered false|fraction|diameter_um|spheres_file|at_um
normal|file|array|file_unit_um unit|grain_angle_deg 5.0
label_phases|labels|phase_fractions|pores|name|material|conductivity_S_per_cm|conductivity_diagonal_S_per_cm
conductivity_is bulk total|uncertainty_relative 0.0|activation_energy_eV|arrhenius sigma_T sigma
reference_temperature_C 25|valid_C|relative_permittivity|typical_grain_size_um|density_g_per_cm3
window_V|between|misorientation|from_deg 180|to_deg 180|sigma 3 99|brandon_deg 15.0
resistance_ohm_cm2|thickness_nm|total_conductivity_S_per_cm|fit false
lognormal_spread 0.0|capacitance_uF_per_cm2|boundaries_file|charge_transfer_ohm_cm2 0.0
charge_transfer_uncertainty_relative 0.0|layers|resolve false|grain_resistance_file
contact|pattern discs strips random|size_um
cpe_S_sn_per_cm2|cpe_exponent|blocking false|impedance|from_Hz 1e-2|to_Hz 1e8|per_decade 8|refine_deg 0.0|groups 0
temperature_C 25.0|current_density_mA_per_cm2 1.0|tolerance 1e-6|balance_tolerance 1e-4
max_iterations 1000|boundary_faces matched|fields true|fields_vti false|grains false|boundaries false|title|film|structure|phases|boundaries|anode|cathode|conditions
solver|output|references|unverified|description|form|process|amorphous|process_temperature_C
potential_V|reactions|onset_temperature_C|holds phases|smallest_grain_voxels 1 void|crop|raw|voxels|type uint8 int64|big_endian false|header_bytes 0|x -1|y -1|z -1|through z -x
"""


class Help(ProgramTest):
    def say(self, *arguments, **keywords):
        finished = self.run_program(*arguments, **keywords)
        self.assertEqual(finished.stderr.strip(), "")
        for line in finished.stdout.splitlines():
            self.assertLessEqual(len(line), 100, line)
        return finished.stdout

    def test_overview(self):
        text = self.say("help")
        self.assertEqual(self.say("--help"), text)
        for word in ("run", "compare", "converge", "study", "mesh", "check", "help", "--output", "--set", "--force",
                     "--quiet", "exit status", "mpirun"):
            self.assertIn(word, text)

    def test_every_command_has_help(self):
        for command in "run", "compare", "converge", "study", "mesh", "check":
            self.assertIn(f"granulith {'[run]' if command == 'run' else command}",
                          self.say("help", command))

    def test_study_shows_every_key(self):
        text = self.say("help", "study")
        source = (TREE / "solver" / "run" / "study_keys.c").read_text()
        for key in re.findall(r'\.name = "(\w+)"', source):
            self.assertRegex(text, rf"(?m)^ +{key}$")
        for word in '"linear", "log"', "default 4e6", "default 10.0", "from 2 to 1000":
            self.assertIn(word, text)

    def test_once_on_two_ranks(self):
        self.assertEqual(self.say("help", "run", ranks=2).replace("\r", ""),
                         self.say("help", "run"))

    def test_case_shows_every_key(self):
        text = self.say("help", "case")
        entries = {}  # name: all texts below it
        name = None
        for line in text.splitlines():
            found = re.fullmatch(r" +([a-z][A-Za-z0-9_]*)", line)
            if found:
                name = found.group(1)
                entries.setdefault(name, "")
            elif name:
                entries[name] += " " + line.strip()
        for words in KEYS.replace("\n", "|").strip("|").split("|"):
            key, *says = words.split()
            self.assertIn(key, entries)
            self.assertGreater(len(entries[key]), 20, key)  # type, and what it means
            for word in says:
                self.assertIn(word, entries[key], key)

    def test_keys_in_the_source_are_keys_here(self):
        """So that the list above cannot miss a key that was added."""
        known = {words.split()[0] for words in KEYS.replace("\n", "|").strip("|").split("|")}
        known |= {"planes", "phase", "boundary", "what", "source", "product"}
        for path in (TREE / "solver" / "run").glob("*_keys.c"):
            for key in re.findall(r'\.name = "(\w+)"', path.read_text()):
                if path.name != "study_keys.c":
                    self.assertIn(key, known, path.name)

    def test_materials(self):
        text = self.say("help", "materials")
        for path in (TREE / "cases" / "materials").glob("*.cfg"):
            self.assertIn(f"  {path.stem}\n", text)
        self.assertNotIn(".cfg:", text)  # no file is refused
        entry = " ".join(text.partition("  llzo_tape\n")[2].split("\n  l")[0].split())
        for words in ("tape, 0.00087 S/cm at 25 C, with grain boundaries, unverified",
                      "tape casting, sintered at 1050 C; 1050 C; 10 to 100 um thick",
                      "primary 10.1149/2.024205esl"):
            self.assertIn(words, entry)

    def test_a_reader_who_has_seen_enough(self):
        finished = subprocess.run(["bash", "-c", '"$GRANULITH" help case | head -1'], capture_output=True, text=True,
                                  check=True)
        self.assertEqual(finished.stderr, "")
        self.assertEqual(len(finished.stdout.splitlines()), 1)

    def test_version(self):
        text = self.say("version")
        self.assertRegex(text, r"^granulith \d+\.\d+\.\d+ \(.+\), PETSc \d+\.\d+\.\d+\n$")
        self.assertEqual(self.say("--version"), text)


class Check(ProgramTest):
    def test_check(self):
        directory = self.write_case(changed(FILM, {
            "anode.layers": [{"name": "skin", "conductivity_S_per_cm": 1e-7, "thickness_nm": 10.0}],
            "film.thickness_um": 2.0, "film.cells": [12, 12, 24]}))
        text = self.run_program("check", directory).stdout
        for word in ("2 um thick", "12 x 12 x 24 cells",
                     "polycrystal", "4.8 x 4.8 x 4.8 cells per grain",  # 0.4 um of 1 um in 12
                     "0.0001 S/cm", "2 Ohm cm2",                        # 2e-4 cm / 1e-4 S/cm
                     "grain|grain: 0.5 Ohm cm2",
                     "= 1.25",                     # r sigma/d = 0.5 * 1e-4 / 0.4e-4
                     "gives 4 Ohm cm2",            # 2 + (2/0.4 - 1) * 0.5
                     "skin", "10 Ohm cm2",         # 1e-6 cm / 1e-7 S/cm
                     "film.thickness_um = 2.0 (case.cfg:2)", "GB", "3456 cells"):
            self.assertIn(word, text)
        self.assertEqual(self.files_below(directory), ["case.cfg"])

    def test_check_at_another_temperature(self):
        directory = self.write_case(changed(FILM, {"phases.[0].activation_energy_eV": 0.5}))
        text = self.run_program("check", directory, "--set", "conditions.temperature_C=80").stdout
        self.assertIn("at 80 C", text)
        self.assertNotIn("grain: 0.0001 S/cm", text)
        self.assertIn("temperature_C = 80", text)
        self.assertIn("--set", text)

    def test_check_lists_the_sources_and_what_is_unverified(self):
        text = self.run_program("check", TREE / "cases" / "li-llzo-li2co3").stdout
        for words in ("layers[0].conductivity_S_per_cm = 3.162e-9 (li2co3.cfg:",
                      "phases[0].conductivity_S_per_cm = 0.00087 (llzo_cubic_pellet.cfg:",
                      "primary 10.1149/2.024205esl", "10.1038/nmat4821",
                      "conductivity_S_per_cm of this material is used and unverified"):
            self.assertIn(words, text)

    def test_check_says_which_boundaries_are_missing(self):
        directory = self.write_case(changed(FILM, {"boundaries": None}))
        finished = self.run_program("check", directory)
        self.assertIn('boundaries between "grain" and "grain" are not listed', finished.stdout)

    def test_memory_grows_with_the_cells(self):
        found = []
        for n in 100, 200:
            directory = self.write_case(changed(FILM, {"film.cells": [n, n, n]}))
            text = self.run_program("check", directory, expect=None).stdout
            found.append(float(re.search(r"needs about +([\d.e+]+) GB", text).group(1)))
        self.assertTrue(4 < found[1] / found[0] <= 8.1, found)


if __name__ == "__main__":
    unittest.main()
