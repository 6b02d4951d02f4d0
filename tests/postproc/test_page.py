#!/usr/bin/python3
"""Opens a report in Chromium, without a network: /usr/bin/python3 tests/postproc/test_page.py"""
import json
import shutil
import tempfile
import unittest
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from samples import make_result, run, write_fields, write_json

SECONDS = 20
DESKTOP, PHONE = (1280, 900), (390, 844)
HOSTILE = 'Film </script><img src="http://x.test/a.png" onerror="document.title=1"> & <b>co'


def start_browser():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--force-device-scale-factor=1"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.chrome.service.Service(shutil.which("chromedriver"))
    return webdriver.Chrome(service=service, options=options)


class Page(unittest.TestCase):
    """Two materials over thickness, one over temperature; one with a title that is no HTML."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        folder = Path(folder.name)
        for material in ("llzo_film", "lipon"):
            for thickness in (1, 10, 100):
                write_json(folder / f"all/{material}{thickness}/results.json",
                           make_result(thickness=thickness, material=material))
        for temperature in (0, 60):
            write_json(folder / f"all/{temperature}/results.json",
                       make_result(temperature=temperature))
        write_json(folder / "all/odd/results.json", make_result(material="odd", title=HOSTILE))
        write_fields(folder / "all/llzo_film1/fields.h5")
        process = run("report.py", folder / "all", "--output", folder)
        assert process.returncode == 0, process.stderr
        cls.browser = start_browser()
        cls.addClassCleanup(cls.browser.quit)
        cls.browser.set_network_conditions(offline=True, latency=0, throughput=0)
        cls.address = (folder / "report.html").as_uri()

    def open(self, size):
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE})
        for log in ("browser", "performance"):
            self.browser.get_log(log)
        self.browser.get(self.address)
        self.wait(lambda: self.all(".chart .main-svg"))

    def wait(self, condition):
        WebDriverWait(self.browser, SECONDS).until(lambda _: condition())

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def script(self, text):
        return self.browser.execute_script(text)

    def test_charts_are_drawn_from_the_page_alone(self):
        self.open(DESKTOP)
        names = ("thickness", "budget", "arrhenius", "windows", "process", "cell")
        self.assertEqual([f"chart-{name}" for name in names],
                         [chart.get_attribute("id") for chart in self.all(".chart")])
        for name in names:
            self.assertTrue(self.all(f"#chart-{name} .main-svg"), name)
        self.assertEqual(1, len(self.all("#chart-thickness .errorbar")), "of the lone point")
        counts = {"thickness": 7, "arrhenius": 9, "cell": 7, "process": 1}
        for name, count in counts.items():
            self.assertEqual(count, len(self.all(f"#chart-{name} .scatterlayer path.point")), name)
        self.assertEqual(9 * 4, len(self.all("#chart-budget .barlayer .point")))
        self.assertEqual(3, len(self.all("#chart-windows .barlayer .point")))
        self.assertEqual("1000/T (1/K)", self.all("#chart-arrhenius .xtitle")[0].text)
        self.assertEqual("temperature (°C)", self.all("#chart-arrhenius .x2title")[0].text)
        self.assertGreater(self.script("return document.querySelector('figure img').naturalWidth"),
                           600)
        self.assertEqual([], self.browser.get_log("browser"), "messages in the console")
        asked = [json.loads(entry["message"])["message"]
                 for entry in self.browser.get_log("performance")]
        asked = {entry["params"]["request"]["url"].split(":")[0] for entry in asked
                 if entry["method"] == "Network.requestWillBeSent"}
        self.assertLessEqual(asked, {"file", "data", "blob"})
        buttons = [button.get_attribute("data-title") for button in self.all(".modebar-btn")]
        self.assertTrue(buttons)
        self.assertFalse([title for title in buttons if "loud" in title], "it sends data away")

    def test_a_click_in_the_legend_switches_a_series(self):
        self.open(DESKTOP)
        self.script("document.getElementById('chart-thickness').scrollIntoView()")
        for count in (4, 7):
            (entry,) = [entry for entry in self.all("#chart-thickness .legend .traces")
                        if "LLZO" in entry.text]
            box = entry.find_element(By.CSS_SELECTOR, ".legendtoggle")
            # slower than a double click, which shows a series alone
            ActionChains(self.browser).pause(0.6).move_to_element(box).click().perform()
            self.wait(lambda: count == len(self.all("#chart-thickness .scatterlayer path.point")))

    def test_the_pointer_shows_values(self):
        self.open(DESKTOP)
        self.script("document.getElementById('chart-thickness').scrollIntoView()")
        point = self.all("#chart-thickness .scatterlayer path.point")[0]
        ActionChains(self.browser).move_to_element(point).perform()
        self.wait(lambda: self.all("#chart-thickness .hovertext"))
        text = self.all("#chart-thickness .hovertext")[0].text
        self.assertIn(", 1 µm", text)
        # 0.1 of grains and 3 boundaries of 0.1, and the electrodes; 20 % both ways
        self.assertIn("52.4 Ω cm² (43.7 to 62.9)", text)

    def test_error_bands_can_be_switched_off(self):
        self.open(DESKTOP)
        bands = ("return document.getElementById('chart-thickness').data"
                 ".filter((trace) => trace.meta === 'band').map((trace) => trace.opacity)")
        self.assertEqual(3, len(self.script(bands)))
        self.script("document.querySelector('input[data-bands=thickness]').click()")
        self.wait(lambda: self.script(bands) == [0, 0, 0])

    def test_text_from_a_case_stays_text(self):
        self.open(DESKTOP)
        self.assertEqual("granulith report", self.browser.title)
        self.assertEqual(1, len(self.all("img")))
        cells = [cell.text.replace("\u00a0", " ") for cell in self.all("#summary td:first-child")]
        self.assertIn(f"{HOSTILE}, 1 µm", cells)

    def test_a_phone_shows_all_of_it(self):
        self.open(PHONE)
        self.assertEqual(390, self.script("return document.documentElement.scrollWidth"))
        legend, plot = (self.all(f"#chart-thickness {part}")[0].rect
                        for part in (".legend", ".plot .gridlayer, .xy .gridlayer"))
        self.assertGreater(legend["y"], plot["y"] + plot["height"])
        self.assertLessEqual(legend["x"] + legend["width"], 390)
        self.assertEqual([], self.browser.get_log("browser"))

    def test_paper_shows_all_of_it(self):
        """Between the events around printing everything is unfolded and fits on A4."""
        self.open(DESKTOP)
        widths = "return [...document.querySelectorAll('.main-svg')].map((svg) => svg.clientWidth)"
        self.assertFalse(self.all("details[open]"))
        self.script("dispatchEvent(new Event('beforeprint'))")
        self.wait(lambda: {680} == set(self.script(widths)))
        self.assertEqual(len(self.all("details")), len(self.all("details[open]")))
        self.script("dispatchEvent(new Event('afterprint'))")
        self.wait(lambda: min(self.script(widths)) > 1000)


if __name__ == "__main__":
    unittest.main()
