"""Tries pages of `hspin report` in headless Chromium: python check_report.py FOLDER [--shots]

Needs `hspin` on the PATH, chromium, chromium-driver, selenium, and axe-core (AXE names its axe.min.js; without it, npm fetches
the version below). Makes runs and their pages in FOLDER, and looks at them as readers do: with a pointer, with the keyboard, in dark
mode, on a phone, on paper, without JavaScript, and with the eyes of axe-core. Every check that could pass by accident is also
given a page that is broken on purpose, which it must find.
"""
import base64
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

AXE_VERSION = "4.10.3"
AXE_SHA256 = "0f2b4d7dcdf7d1219df8d1959ad68e565f51d14c3f0d88bb71cd59abeb956292"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb",
]
MOST_BYTES = 8_000_000
FIRST_PAINT_MS = 1000
PHONE = 375
RUNS = {
    "sweep": "sweep --dims 10,20 --starts 40 --instances 3 --seed 3 --trace",
    "saddle": "sweep --protocol saddle --dims 12 --starts 20 --seed 2",
    "census": "census --spins 3 --dim 5 --instances 6 --seed 2",
    "nets": "networks sweep --hidden 5,8,11,14 --networks 6 --index 3 --epochs 2 --digits 200",
    "annealed": "networks sweep --protocol anneal --hidden 5,8 --networks 4 --sweeps 3 --digits 200",
}
failures = []


def check(holds, what):
    print(f"{'ok  ' if holds else 'FAIL'}  {what}", flush=True)
    if not holds:
        failures.append(what)


def hspin(line, *paths):
    command = ["hspin", *line.split(), *map(str, paths)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def axe():
    """The source of axe-core, which is of this script alone and no part of a page."""
    if "AXE" in os.environ:
        return pathlib.Path(os.environ["AXE"]).read_text()
    with tempfile.TemporaryDirectory() as folder:
        pack = ["npm", "pack", "--silent", "--pack-destination", folder, f"axe-core@{AXE_VERSION}"]
        subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
        archive = pathlib.Path(folder) / f"axe-core-{AXE_VERSION}.tgz"
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        assert found == AXE_SHA256, f"axe-core has SHA-256 {found}"
        shutil.unpack_archive(archive, folder)
        return (pathlib.Path(folder) / "package/axe.min.js").read_text()


class Browser:
    def __init__(self, width=1200, height=900, dark=False, script=True):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        options = Options()
        options.binary_location = os.environ.get("CHROMIUM", shutil.which("chromium"))
        for flag in [*FLAGS, f"--user-data-dir={self.folder.name}", f"--window-size={width},{height}"]:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.cdp("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.cdp("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.cdp("Emulation.setScriptExecutionDisabled", {"value": not script})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()
        self.folder.cleanup()

    def cdp(self, command, arguments):
        return self.driver.execute_cdp_cmd(command, arguments)

    def open(self, page):
        self.driver.get(page.resolve().as_uri())
        time.sleep(0.1)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def shot(self, path):
        height = self.run("return document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": self.run("return innerWidth"), "height": min(height, 4000), "scale": 1}
        png = self.cdp("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})["data"]
        path.write_bytes(base64.b64decode(png))


def complaints(browser):
    """What the console says, and what a page asked for outside of it."""
    logged = [entry["message"] for entry in browser.driver.get_log("browser")]
    asked = browser.run("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    return logged + [address for address in asked if not address.startswith(("data:", "blob:"))]


def violations(browser, source):
    if not browser.run("return 'axe' in window"):
        # The page's own rules forbid scripts of others: this one comes from outside of the page.
        browser.run(source)
    browser.driver.set_script_timeout(60)
    found = browser.driver.execute_async_script(
        "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations), (e) => done([{id: String(e), nodes: []}]));"
    )
    return [f"{one['id']} ({one.get('impact')}): {[node['html'][:120] for node in one['nodes'][:2]]}" for one in found]


def tabs_of(browser):
    return browser.all("[role=tab]")


def column(browser, table, place):
    return [
        float(value) if (value := cell.get_attribute("data-value")) else None
        for cell in browser.all(f"#{table} tbody tr > :nth-child({place})")
    ]


def with_pointer_and_keyboard(page, source, shots):
    with Browser() as browser:
        browser.open(page)
        paints = browser.run("return performance.getEntriesByType('paint').map((e) => e.startTime)")
        check(paints and max(paints) <= FIRST_PAINT_MS, f"{page.name}: first paint after {max(paints, default=9e9):.0f} ms")
        names = [tab.text for tab in tabs_of(browser)]
        shown = lambda: [panel.get_attribute("id") for panel in browser.all(".panel") if panel.is_displayed()]
        check(len(shown()) == browser.run("return document.querySelectorAll('article.run').length"), f"{page.name}: one part of a run at a time")
        # Tabs by keyboard.
        first = tabs_of(browser)[0]
        first.click()
        first.send_keys(Keys.ARROW_RIGHT)
        active = browser.driver.switch_to.active_element
        check(active.text == names[1] and active.get_attribute("aria-selected") == "true", f"{page.name}: an arrow goes to the next tab")
        active.send_keys(Keys.HOME)
        check(browser.driver.switch_to.active_element.text == names[0], f"{page.name}: Home goes to the first tab")
        # Sorting, upwards and downwards.
        table, head = "run1-sizes-table", browser.all("#run1-sizes-table thead button")
        for place in (1, 2, 5):
            head[place - 1].click()
            up = [x for x in column(browser, table, place) if x is not None]
            head[place - 1].send_keys(Keys.ENTER)
            down = [x for x in column(browser, table, place) if x is not None]
            check(up == sorted(up) and down == sorted(down, reverse=True), f"{page.name}: column {place} sorts both ways")
        # Charts: pointer, arrows, choices.
        for tab in tabs_of(browser):
            tab.click()
            time.sleep(0.05)
            for chart in [chart for chart in browser.all("figure.chart") if chart.is_displayed()]:
                name = f"{page.name}: {chart.get_attribute('id')}"
                readout = lambda: chart.find_element(By.CSS_SELECTOR, ".readout").text
                choices = chart.find_elements(By.CSS_SELECTOR, ".choices button")
                browser.run("arguments[0].scrollIntoView({block: 'center'})", chart)
                for choice in choices[:2]:
                    choice.click()
                # A choice draws anew.
                before, over = readout(), chart.find_element(By.CSS_SELECTOR, ".u-over")
                ActionChains(browser.driver).move_to_element(over).perform()
                hovered = readout()
                check(hovered != before and "=" in hovered, f"{name}: the pointer reads “{hovered[:60]}”".replace("\n", " "))
                plot = chart.find_element(By.CSS_SELECTOR, ".plot")
                plot.send_keys(Keys.HOME)
                plot.send_keys(Keys.ARROW_RIGHT * 8)
                check(readout() not in (before, hovered), f"{name}: arrows read values")
                if choices:
                    pressed = [choice.get_attribute("aria-pressed") for choice in choices]
                    check(pressed.count("true") == 1 and pressed[1 if len(choices) > 1 else 0] == "true", f"{name}: one choice is pressed")
            found = violations(browser, source)
            check(not found, f"{page.name}: axe-core at “{tab.text}” {found}")
            if shots:
                browser.shot(shots / f"{page.stem}-{tab.text.replace(' ', '-')}.png")
        check(not (said := complaints(browser)), f"{page.name}: nothing on the console, nothing asked for {said}")


def on_a_phone(page, shots, source):
    with Browser(width=PHONE, height=800) as browser:
        browser.open(page)
        for tab in tabs_of(browser):
            tab.click()
            time.sleep(0.05)
            wide = browser.run("return document.documentElement.scrollWidth")
            check(wide <= PHONE, f"{page.name}: {wide} pixels wide at “{tab.text}” on a phone")
            if shots:
                browser.shot(shots / f"{page.stem}-phone-{tab.text.replace(' ', '-')}.png")
        check(not (found := violations(browser, source)), f"{page.name}: axe-core on a phone {found}")


def in_the_dark(page, source, shots):
    with Browser(dark=True) as browser:
        browser.open(page)
        color = browser.run("return getComputedStyle(document.documentElement).backgroundColor")
        light = max(map(int, re.findall(r"\d+", color)))
        check(light < 60, f"{page.name}: dark where the system is dark ({color})")
        for tab in tabs_of(browser)[:4]:
            tab.click()
            time.sleep(0.05)
            found = violations(browser, source)
            check(not found, f"{page.name}: axe-core in the dark at “{tab.text}” {found}")
            if shots:
                browser.shot(shots / f"{page.stem}-dark-{tab.text.replace(' ', '-')}.png")


def on_paper(page, shots):
    with Browser() as browser:
        browser.open(page)
        panels = browser.run("return [...document.querySelectorAll('.panel h2, .panel h3')].length")
        browser.cdp("Emulation.setEmulatedMedia", {"media": "print"})
        hidden = browser.run(
            "return [...document.querySelectorAll('.panel')].filter((p) => getComputedStyle(p).display === 'none' && !p.id.endsWith('downloads')).length"
        )
        drawn = browser.run("return [...document.querySelectorAll('svg.figure')].filter((s) => s.getBoundingClientRect().width < 50).length")
        check(panels > 0 and hidden == 0 and drawn == 0, f"{page.name}: all parts and figures are on paper ({hidden} hidden, {drawn} not drawn)")
        pdf = base64.b64decode(browser.cdp("Page.printToPDF", {"preferCSSPageSize": True})["data"])
        sizes = {(round(float(w)), round(float(h))) for w, h in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)}
        check(sizes == {(595, 842)}, f"{page.name}: printed on A4 {sizes}, {pdf.count(b'/MediaBox')} pages")
        if shots:
            (shots / f"{page.stem}.pdf").write_bytes(pdf)


def without_script(page, shots):
    with Browser(script=False) as browser:
        browser.open(page)
        text = browser.one("main").text
        # Selenium's own scripts still run; the page's do not.
        check(not browser.all(".js") and all(panel.is_displayed() for panel in browser.all(".panel")), f"{page.name}: all parts are there without a script")
        figures = browser.all("svg.figure")
        check(figures and all(figure.is_displayed() for figure in figures), f"{page.name}: {len(figures)} figures are drawn without a script")
        check(len(text) > 1000 and not any(c.is_displayed() for c in browser.all(".interactive")), f"{page.name}: it is read without a script")
        if shots:
            browser.shot(shots / f"{page.stem}-no-script.png")


def controls(page, folder, source):
    """Broken pages, which the checks must find."""
    text = page.read_text()
    broken = folder / "broken.html"
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
    with Browser() as browser:
        broken.write_text(policy.sub("", text).replace("</main>", '<img src="missing.png"><button></button></main>'))
        browser.open(broken)
        check(complaints(browser), "control: a file that a page asks for is noticed")
        found = violations(browser, source)
        check(any(one.startswith("button-name") for one in found) and any(one.startswith("image-alt") for one in found), "control: axe-core finds a button and a picture without names")
        broken.write_text(text.replace("--ink: #1a1d21; --soft: #555c66", "--ink: #1a1d21; --soft: #c9ccd1", 1))
        browser.open(broken)
        check(any(one.startswith("color-contrast") for one in violations(browser, source)), "control: axe-core finds grey on white")
        # A script that is not the page's own does not run, and is told of.
        broken.write_text(text.replace("</main>", "<script>window.foreign = 1</script></main>"))
        browser.open(broken)
        check(browser.run("return window.foreign") is None and complaints(browser), "control: a foreign script does not run, and the console says so")
        broken.write_text(policy.sub("", text).replace("</main>", "<script>nothing.there()</script></main>"))
        browser.open(broken)
        check(complaints(browser), "control: an error on the console is noticed")
        broken.write_text(text.replace("table.tHead.rows[0].cells], body", "table.tHead.rows[0].cells].reverse(), body"))
        browser.open(broken)
        check(not tabs_of(browser), "control: a changed script of the page itself does not run")
    with Browser(width=PHONE, height=800) as browser:
        broken.write_text(text.replace("</main>", '<p style="width: 900px">wide</p></main>'))
        browser.open(broken)
        check(browser.run("return document.documentElement.scrollWidth") > PHONE, "control: what is too wide for a phone is noticed")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    shots = folder / "shots" if "--shots" in sys.argv else None
    if shots:
        shots.mkdir(exist_ok=True)
    source, begin = axe(), time.monotonic()
    for name, line in RUNS.items():
        hspin(f"{line} --out", folder / f"{name}.run")
    pages = {name: folder / f"{name}.html" for name in ["sweep", "census", "several"]}
    hspin("report --force --out", pages["sweep"], folder / "sweep.run")
    hspin("report --force --out", pages["census"], folder / "census.run")
    others = [folder / f"{name}.run" for name in ("nets", "saddle")]
    hspin("report --force --out", pages["several"], *others, "--annealed", folder / "annealed.run")
    print(f"-- runs and pages: {time.monotonic() - begin:.1f} s", flush=True)
    for name, page in pages.items():
        size = page.stat().st_size
        check(size <= MOST_BYTES, f"{page.name}: {size} bytes")
        with_pointer_and_keyboard(page, source, shots)
        on_a_phone(page, shots, source)
    in_the_dark(pages["sweep"], source, shots)
    for name in ("sweep", "several"):
        on_paper(pages[name], shots)
    without_script(pages["several"], shots)
    controls(pages["sweep"], folder, source)
    print(f"{len(failures)} checks failed, {time.monotonic() - begin:.0f} s")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
