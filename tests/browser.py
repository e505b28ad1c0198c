"""A headless Chromium for tests of pages, driven by Playwright; tests skip where there is none."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


class Watched:
    """A page that is open, with what went wrong in it and what it asked for."""

    def __init__(self, page) -> None:
        self.page, self.errors, self.requests = page, [], []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)
        page.on("dialog", lambda one: (self.errors.append(f"dialog {one.message}"), one.dismiss()))
        page.on("request", lambda one: self.requests.append(one.url))

    def _heard(self, message) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def outside(self) -> list[str]:
        """Requests to anything but the file itself and what it holds."""
        return [url for url in self.requests if not url.startswith(("file:", "data:"))]


@contextmanager
def browsing(
    path: Path, *, width: int = 1280, height: int = 900, dark: bool = False
) -> Iterator[Watched]:
    """A page of the disk, opened in a fresh browser."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"needs a Chromium on the path ({', '.join(NAMES)})")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, headless=True, args=ARGUMENTS)
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            permissions=["clipboard-read", "clipboard-write"],
        )
        watched = Watched(context.new_page())
        watched.page.goto(path.as_uri())
        yield watched
        browser.close()
