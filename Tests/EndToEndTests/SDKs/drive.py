"""Drives one real SDK against a running daemon, and tells in JSON what it saw.

usage: drive.py FOLDER FAMILY SCENARIO WORKSPACE KEY

FOLDER is where the SDK is installed, FAMILY which driver knows its calls, WORKSPACE the folder that holds the daemon's
port in the file `port`.
"""

import json
import pathlib
import sys

folder, family, scenario, workspace, key = sys.argv[1:]
sys.path.insert(0, folder)

import calls_cloudevents  # noqa: E402
import calls_posthog  # noqa: E402
import calls_segment  # noqa: E402
from proxy import Proxy  # noqa: E402

DRIVERS = {
    "segment": lambda: calls_segment.Driver("segment.analytics.client"),
    "analytics": lambda: calls_segment.Driver("analytics.client"),
    "rudder": lambda: calls_segment.Driver("rudderstack.analytics.client"),
    "posthog": calls_posthog.Driver,
    "cloudevents": calls_cloudevents.Driver,
}
MANY = 180
FEW = 60


def port():
    return int((pathlib.Path(workspace) / "port").read_text())


def direct():
    return f"http://127.0.0.1:{port()}"


def run(driver):
    """What each scenario does; all of them end by flushing and shutting the SDK down."""
    if scenario == "calls":
        driver.start(direct(), key)
        driver.calls()
        driver.stop()
        return None
    if scenario == "many":
        driver.start(direct(), key, size=300, gzip=True)
        for number in range(MANY):
            driver.count(number, padding="x" * 28_000)
        driver.stop()
        return None
    if scenario == "faults":
        proxy = Proxy(port, ["503", "drop", "pass", "lose", "drop"])
        driver.start(proxy.url, key, size=FEW // 3)
        for number in range(FEW):
            driver.count(number)
        driver.stop()
        return proxy
    if scenario == "wrong-key":
        proxy = Proxy(port)
        driver.start(proxy.url, "nwk_00000000000000000000000000000000", size=10)
        for number in range(10):
            driver.count(number)
        driver.stop()
        return proxy
    if scenario == "kill":
        proxy = Proxy(port, ["drop"])
        proxy.on_drop = lambda: wait_for_the_next_daemon(port())
        driver.start(proxy.url, key, size=FEW // 3)
        for number in range(FEW):
            driver.count(number)
        driver.stop()
        return proxy
    raise SystemExit(f"no scenario {scenario}")


def wait_for_the_next_daemon(old):
    """Says that the first batch is durable, and answers nothing until another daemon runs."""
    import time

    (pathlib.Path(workspace) / "taken").write_text("")
    deadline = time.monotonic() + 20
    while port() == old and time.monotonic() < deadline:
        time.sleep(0.01)


driver = DRIVERS[family]()
proxy = run(driver)
report = {"errors": [str(error) for error in driver.errors], "statuses": proxy.statuses if proxy else []}
print(json.dumps(report))
