"""What tests of `granulith study` share."""
import json

from program import SLAB, CaseText, ProgramTest, changed

THICKNESS, TEMPERATURE = "film.thickness_um", "conditions.temperature_C"
# LiPON's kind: 1 um has 100 ohm cm2
GLASS = changed(SLAB, {"anode": {}, "cathode": {}})


def sweep(key, *values):
    return {"key": key, "values": values}


def read(path):
    with open(path) as file:
        return json.load(file)


class StudyTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write_case(GLASS, "glass")

    def write_study(self, groups, name="study"):
        directory = self.place / name
        directory.mkdir(exist_ok=True)
        text = groups if isinstance(groups, str) else str(CaseText(groups))
        (directory / "study.cfg").write_text(text)
        return directory

    def study(self, groups, *arguments, expect=0, ranks=1, name="study"):
        """Runs it; returns the rows of study.csv and study.json."""
        groups = {"case": "../glass", **groups}
        directory = self.write_study({k: v for k, v in groups.items() if v is not None}, name)
        self.finished = self.run_program("study", directory, *arguments, expect=expect, ranks=ranks)
        return self.rows(directory), self.document(directory)

    def rows(self, directory):
        return self.table(directory / "results" / "study.csv")

    def document(self, directory):
        return json.loads((directory / "results" / "study.json").read_text())

    def used(self, run, key):
        """A key as the run used it."""
        place = read(run["results"][0])["case"]
        for step in key.split("."):
            place = place[int(step[1:-1])] if step.startswith("[") else place[step]
        return place["value"]
