"""`make screenshots`: the main pages of the demo as people see them, to be looked at one by one.

Ten pages in Czech, 320 and 1280 px wide, in the light and in the dark, as
build/screenshots/<page>-<width>-<scheme>.png. With --readme, two of them go into
docs/ as well, compressed, for the README.

    python -m benchmarks.screenshots [--to FOLDER] [--readme]
"""

import argparse
import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.servers import ROOT, Demo, demo

WIDTHS, SCHEMES = (320, 1280), ("light", "dark")
# A page is shown from its top to at most here, in px.
HEIGHT = 2400
# What the README shows: the page, its width, the scheme, the height of the picture in px.
README = {"docs/first-page.webp": ("first-page", 1280, "light", 900),
          "docs/idea-on-a-phone.webp": ("idea", 320, "dark", 900)}  # fmt: skip


def pages(portal: Demo) -> list[tuple[str, str, str]]:
    """What is shown: a name for the file, the path, and the role of who looks."""
    idea = portal.first_idea("/ideas?stage=planned&sort=talked")
    return [
        ("first-page", "/", ""),
        ("ideas", "/ideas", ""),
        ("idea", idea, ""),
        ("propose", "/ideas/new", "member"),
        ("search", "/search?q=stan", ""),
        ("roadmap", "/roadmap", ""),
        ("delivered", "/changelog", ""),
        ("moderation", "/moderation", "moderator"),
        ("backlog", "/backlog", "product"),
        ("board", "/backlog/board", "product"),
    ]


def opened(browser: Browser, portal: Demo, role: str, width: int, scheme: str) -> Page:
    """A page of somebody with that role, on a screen so wide and of that scheme."""
    context = browser.new_context(
        base_url=portal.address,
        viewport={"width": width, "height": 900},
        # A phone's own scale would only make the files larger; a finger changes sizes.
        has_touch=width < 500,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        locale="cs-CZ",
        timezone_id="Europe/Prague",
    )
    if role:
        name, value = portal.cookies[role].split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": portal.address}])
    return context.new_page()


def shot(page: Page, path: str, width: int) -> bytes:
    """The page as a PNG, whole but for what is below HEIGHT."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    # A screen as high as the page: what sticks to an edge is then where it belongs.
    whole = min(page.evaluate("document.documentElement.scrollHeight"), HEIGHT)
    page.set_viewport_size({"width": width, "height": max(whole, 900)})
    return page.screenshot()


def take(portal: Demo, folder: Path) -> None:
    """Write every page in every width and scheme into `folder`, which is emptied first."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        looked = pages(portal)
        for scheme in SCHEMES:
            for width in WIDTHS:
                people = {role: opened(browser, portal, role, width, scheme)
                          for role in dict.fromkeys(role for _, _, role in looked)}  # fmt: skip
                for name, path, role in looked:
                    picture = shot(people[role], path, width)
                    (folder / f"{name}-{width}-{scheme}.png").write_bytes(picture)
                for page in people.values():
                    page.context.close()
        browser.close()


def compress(folder: Path) -> None:
    """Write the pictures of the README from those in `folder`."""
    for to, (name, width, scheme, height) in README.items():
        picture = Image.open(io.BytesIO((folder / f"{name}-{width}-{scheme}.png").read_bytes()))
        top = picture.convert("RGB").crop((0, 0, width, min(height, picture.height)))
        top.save(ROOT / to, quality=86, method=6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--to", type=Path, default=ROOT / "build/screenshots", metavar="FOLDER")
    parser.add_argument("--readme", action="store_true", help="make the README's pictures anew")
    chosen = parser.parse_args()
    with demo() as portal:
        take(portal, chosen.to)
    print(f"{len(list(chosen.to.glob('*.png')))} pictures in {chosen.to}")
    if chosen.readme:
        compress(chosen.to)


if __name__ == "__main__":
    main()
