"""A real Chromium, driven over the DevTools protocol: tabs, keys, media, sizes, what it logs."""

import json
import os
import shutil
import subprocess
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from websocket import WebSocket, create_connection

T = TypeVar("T")
Json = Any  # whatever JSON can hold
PATIENCE_SECONDS = 60.0  # for a condition that will come true, on a slow machine too
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",  # containers have no user namespaces; only this project's page is opened
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
)
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "/": 191}


def find() -> str | None:
    """Return the browser's path, or None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def eventually(look: Callable[[], T | None], what: str) -> T:
    """Return the first true answer of `look`; fails after a long while."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < end, f"never came true: {what}"
        time.sleep(0.02)
    return found


class Chromium:
    """One browser process and the socket that drives it."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._asked = 0
        self.tabs: dict[str, Tab] = {}

    def send(self, method: str, session: str | None = None, **params: Json) -> dict[str, Json]:
        """Ask and wait for the answer; what the tabs say meanwhile is kept with them."""
        self._asked += 1
        message: dict[str, Json] = {"id": self._asked, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        while True:
            got = json.loads(self._socket.recv())
            if got.get("id") == self._asked:
                assert "error" not in got, f"{method}: {got['error']}"
                result: dict[str, Json] = got["result"]
                return result
            if got.get("sessionId") in self.tabs:
                self.tabs[got["sessionId"]].heard(got["method"], got["params"])

    @contextmanager
    def tab(self) -> "Iterator[Tab]":
        """Open a tab in a window and a fresh profile: no storage, no cache of an earlier test."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        try:
            yield self.add_tab(context)
        finally:
            self.send("Target.disposeBrowserContext", browserContextId=context)

    def add_tab(self, context: str) -> "Tab":
        """Open a tab of a profile, in front of those it has."""
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context)
        asked = {"targetId": target["targetId"], "flatten": True}
        session = self.send("Target.attachToTarget", **asked)["sessionId"]
        self.tabs[session] = tab = Tab(self, session, context)
        for domain in ("Page", "Runtime", "Log"):
            tab.send(f"{domain}.enable")
        return tab


class Tab:
    """One tab. `errors` holds every error and warning that the page or the browser reported."""

    def __init__(self, browser: Chromium, session: str, context: str) -> None:
        self._browser = browser
        self._session = session
        self._context = context
        self.errors: list[str] = []

    def send(self, method: str, **params: Json) -> dict[str, Json]:
        """Send one command of the DevTools protocol to this tab."""
        return self._browser.send(method, self._session, **params)

    def heard(self, method: str, params: dict[str, Json]) -> None:
        """Keep what is an error."""
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            said = details.get("exception", {}).get("description", "")
            self.errors.append(f"exception: {details['text']} {said}")
        elif method == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning"}:
            self.errors.append(f"console: {params['args']}")
        elif method == "Log.entryAdded" and params["entry"]["level"] in {"error", "warning"}:
            self.errors.append(f"{params['entry']['source']}: {params['entry']['text']}")

    def cover(self) -> "Tab":
        """Open another tab in front: this one is hidden."""
        return self._browser.add_tab(self._context)

    def open(self, url: str) -> None:
        """Go there and wait for the document, not for its first answer from the server."""
        self.send("Page.navigate", url=url)
        self.until(f"location.href.startsWith({url!r}) && document.readyState === 'complete'")

    def js(self, expression: str) -> Json:
        """Return the value of an expression in the page."""
        got = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in got, f"{expression}: {got['exceptionDetails']}"
        return got["result"].get("value")

    def until(self, expression: str) -> Json:
        """Wait for an expression to become true; return its value."""
        return eventually(lambda: self.js(expression), expression)

    def text(self, selector: str) -> str:
        """Return what the first matching element says."""
        return str(self.js(f"document.querySelector({selector!r}).textContent"))

    def press(self, key: str) -> None:
        """Press a key as a keyboard sends it."""
        typed = {"text": "\r" if key == "Enter" else key} if len(key) == 1 or key == "Enter" else {}
        code = KEYS.get(key, ord(key[0].upper()))
        about = {"key": key, "windowsVirtualKeyCode": code}
        self.send("Input.dispatchKeyEvent", type="keyDown", **about, **typed)
        self.send("Input.dispatchKeyEvent", type="keyUp", **about)

    def type(self, text: str) -> None:
        """Type text into what has the focus."""
        self.send("Input.insertText", text=text)

    def size(self, width: int, height: int = 900, density: float = 1) -> None:
        """Set the window, in CSS pixels."""
        params = {"width": width, "height": height, "deviceScaleFactor": density, "mobile": False}
        self.send("Emulation.setDeviceMetricsOverride", **params)

    def media(self, **features: str) -> None:
        """Set what a person prefers: `prefers_color_scheme="dark"`."""
        named = [{"name": k.replace("_", "-"), "value": v} for k, v in features.items()]
        self.send("Emulation.setEmulatedMedia", features=named)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Write a PNG of the window, or of the whole page."""
        shot = self.send("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(b64decode(shot["data"]))


def _debugging_address(profile: Path) -> str | None:
    """Chromium writes its port and path there once it listens."""
    try:
        port, path = (profile / "DevToolsActivePort").read_text().split()
    except (FileNotFoundError, ValueError):
        return None
    return f"ws://127.0.0.1:{port}{path}"


@contextmanager
def running(path: str, profile: Path) -> Iterator[Chromium]:
    """Start a browser with a profile of its own; gone at the end."""
    command = [path, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, env={**os.environ, "TZ": "UTC"})
    try:
        address = eventually(lambda: _debugging_address(profile), "Chromium listens")
        # Chromium refuses a socket that names an origin it was not told of.
        socket = create_connection(address, timeout=PATIENCE_SECONDS, suppress_origin=True)
        browser = Chromium(socket)
        try:
            yield browser
        finally:
            browser.send("Browser.close")
            socket.close()
    finally:
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
