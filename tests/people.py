"""People at the portal: each does what a task says in the way that is open to them.

A task is told once, in people's words (`write`, `choose`, `follow`, `press`); a `Person`
does it by keyboard alone, without script, on a narrow phone or with text twice as large.
Whatever they meet on the way is looked at: where the focus is, and whether anything of a
page is cut off or lies beside the screen.
"""

import re
from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Error, FileChooser, Locator, Page

KEYS, NO_SCRIPT, NARROW, LARGE = "keyboard alone", "no script", "320 px", "200 % text"
WAYS = (KEYS, NO_SCRIPT, NARROW, LARGE)
OPTIONS: dict[str, dict[str, Any]] = {
    KEYS: {"viewport": {"width": 1280, "height": 720}},
    NO_SCRIPT: {"viewport": {"width": 1280, "height": 720}, "java_script_enabled": False},
    NARROW: {"viewport": {"width": 320, "height": 640}},
    LARGE: {"viewport": {"width": 1280, "height": 720}},
}

Words = str | re.Pattern[str]

# Where the focus is, what hides it or leaves it unmarked ("" for nothing), and on which side
# of it the thing is that somebody wants to get to.
_FOCUS = """(target) => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return { at: "", fault: "" };
  const at = `<${e.localName}> ${e.name ?? ""} ${e.textContent.trim()}`.slice(0, 90);
  const boxes = [...e.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
  const spots = boxes.flatMap(({ left, top, width, height }) =>
    [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]]
      .map(([x, y]) => [left + x * width, top + y * height]));
  const isSeen = spots.some(([x, y]) => e.contains(document.elementFromPoint(x, y)));
  const style = getComputedStyle(e);
  const isMarked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    && !/, 0\\)$|\\/ 0\\)$|transparent/.test(style.outlineColor);
  const isHome = e.localName === "main" || e.getAttribute("role") === "alert";
  const isVisible = e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const fault = !isVisible ? "is not visible"
    : !boxes.length ? "has no size" : !isSeen ? "is hidden behind something"
    : !isMarked && !isHome ? "does not show" : "";
  const forms = [...document.forms];
  const group = (one) => one.type === "radio" ? `${one.name} ${forms.indexOf(one.form)}` : one;
  const side = !target ? "" : group(e) === group(target) ? "here"
    : e.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING ? "before" : "after";
  return { at, fault, side };
}"""

# What of a page lies beside the screen or is cut off. Titles in crumbs, the name in the head and
# the beginnings of texts are cut on purpose: they stand in full elsewhere.
LAYOUT = """() => {
  const faults = [];
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) faults.push(`the page is ${page.scrollWidth} px wide`);
  const meant = ".hush, .skip, .crumbs, .brand, .excerpt, .avatar, option, textarea, script, title";
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  for (let node = words.nextNode(); node; node = words.nextNode()) {
    const around = node.parentElement;
    if (!node.data.trim() || seen.has(around) || around.closest(meant)) continue;
    seen.add(around);
    if (!around.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const { left, right, top, bottom } = range.getBoundingClientRect();
    let box = around;
    for (; box && box !== page; box = box.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(box);
      if (/auto|scroll/.test(overflowX + overflowY)) break;
      const rim = box.getBoundingClientRect();
      const isCut = (overflowX !== "visible" && (left < rim.left - 1 || right > rim.right + 1))
        || (overflowY !== "visible" && (top < rim.top - 1 || bottom > rim.bottom + 1));
      if (isCut) { faults.push(`cut off: ${node.data.trim().slice(0, 60)}`); break; }
    }
    if ((!box || box === page) && (left < -1 || right > page.clientWidth + 1))
      faults.push(`beside the screen: ${node.data.trim().slice(0, 60)}`);
  }
  return faults;
}"""

# The summary of whatever closed piece of the page holds an element; none if it is open.
_CLOSED = """(e) => {
  for (let at = e.parentElement?.closest("details"); at; at = at.parentElement?.closest("details"))
    if (!at.open && !at.querySelector("summary").contains(e))
      return at.querySelector("summary").checkVisibility() ? at.querySelector("summary") : null;
  return null;
}"""


class Person:
    """Somebody at a page, who does things in one way."""

    def __init__(self, page: Page, way: str) -> None:
        self.page, self.way = page, way
        self._form: Any = None
        self._busy = 0
        # Heard from the beginning: a browser asked to tell of them later may miss one.
        self._choosers: list[FileChooser] = []
        page.on("filechooser", lambda chooser: self._choosers.append(chooser))
        page.on("request", lambda _: self._count(1))
        page.on("requestfinished", lambda _: self._count(-1))
        page.on("requestfailed", lambda _: self._count(-1))
        if way == LARGE:
            sizes = {"fontSizes": {"standard": 32, "fixed": 26}}
            page.context.new_cdp_session(page).send("Page.setFontSizes", sizes)

    def _count(self, change: int) -> None:
        self._busy += change

    # --- what people do ---------------------------------------------------------------------------

    def go(self, path: str) -> None:
        """Open an address that was written down or came by mail."""
        self.page.goto(path)
        self._arrive()

    def follow(self, name: Words) -> None:
        """A link."""
        self._act(self._find(self._by_role("link", name), f"link {name}"), "Enter")

    def press(self, name: Words) -> None:
        """A button; of several with one name that of the form one has just filled in."""
        candidates = self._by_role("button", name)
        own = [one for one in candidates if self._form and self._is_in_form(one)]
        self._act(self._find(own or candidates, f"button {name}"), "Space")

    def open(self, name: Words) -> None:
        """A piece of the page that is closed."""
        found = self.page.locator("summary").filter(has_text=name)
        self._act(self._find(_each(found), f"closed {name}"), "Enter")

    def write(self, label: str, words: str) -> None:
        """Words into a field, in the place of what stood there."""
        field = self._field(label)
        if self.way == KEYS:
            self._tab_to(field)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(words)
        else:
            field.fill(words)
        assert field.input_value() == words

    def search(self, label: str, words: str) -> None:
        """Write words and send them as they are."""
        self.write(label, words)
        here = self._mark()
        self.page.keyboard.press("Enter")
        self._settle(here)

    def choose(self, label: str, option: str) -> None:
        """One of a list."""
        field = self._field(label)
        if self.way == KEYS:
            self._tab_to(field)
            names = [" ".join(one.split()) for one in field.locator("option").all_text_contents()]
            at = field.evaluate("(list) => list.selectedIndex")
            for _ in range(abs(names.index(option) - at)):
                self.page.keyboard.press("ArrowDown" if names.index(option) > at else "ArrowUp")
        else:
            field.select_option(label=option)
        assert field.evaluate("(list) => list.selectedOptions[0].label.trim()") == option

    def tick(self, label: str) -> None:
        """One of several round or square boxes."""
        field = self._field(label)
        if self.way != KEYS:
            field.check()
        else:
            self._tab_to(field)
            for _ in range(20):
                if field.evaluate("(e) => e === document.activeElement"):
                    break
                self.page.keyboard.press("ArrowDown")
            if not field.is_checked():
                self.page.keyboard.press("Space")
        assert field.is_checked()

    def attach(self, label: str, name: str, content: bytes) -> None:
        """A file of one's own."""
        field = self._field(label)
        if self.way == KEYS:
            self._tab_to(field)
            self.page.keyboard.press("Space")
        else:
            field.click()
        for _ in range(250):
            if self._choosers:
                break
            self.page.wait_for_timeout(40)
        file = {"name": name, "mimeType": "text/plain", "buffer": content}
        self._choosers.pop().set_files(file)

    def reads(self, words: Words) -> None:
        """Words that stand on the page for everyone to see."""
        self.page.get_by_text(words).filter(visible=True).first.wait_for()

    def misses(self, words: Words) -> None:
        """Words that do not stand on the page."""
        assert self.page.get_by_text(words).filter(visible=True).count() == 0, words

    def stands_at_the_faults(self) -> None:
        """A form that was refused says so first, and the focus is there."""
        summary = self.page.locator(".summary")
        summary.wait_for()
        # Without script a person goes on from where the page begins; the browser still moves there.
        assert summary.evaluate("(e) => e === document.activeElement"), "the faults have no focus"

    # --- how they get there -----------------------------------------------------------------------

    def _by_role(self, role: Any, name: Words) -> list[Locator]:
        exact = isinstance(name, str)
        found = _each(self.page.get_by_role(role, name=name, exact=exact, include_hidden=True))
        if not found and exact:
            found = _each(self.page.get_by_role(role, name=name, include_hidden=True))
        return found

    def _field(self, label: str) -> Locator:
        kinds = self.page.locator("input, select, textarea")
        found = _each(self.page.get_by_label(label, exact=True).and_(kinds)) or _each(
            self.page.get_by_label(label).and_(kinds)
        )
        field = self._find(found, f"field {label}")
        self._form = field.evaluate_handle("(e) => e.form")
        return field

    def _is_in_form(self, button: Locator) -> bool:
        try:
            return bool(button.evaluate("(e, form) => e.form === form", self._form))
        except Error:
            # The form was on the page before.
            self._form = None
            return False

    def _find(self, candidates: Iterable[Locator], what: str) -> Locator:
        """The first that is visible, after opening what it is in if need be."""
        found = list(candidates)
        for one in found:
            if one.is_visible():
                return one
        for one in found:
            summary = one.evaluate_handle(_CLOSED).as_element()
            if summary is None:
                continue
            if self.way == KEYS:
                self._tab_to(summary)
                self.page.keyboard.press("Enter")
            else:
                summary.click()
            if one.is_visible():
                return one
        raise AssertionError(f"there is no {what} at {self.page.url}")

    def _act(self, thing: Locator, key: str) -> None:
        if self.way == KEYS:
            self._tab_to(thing)
        here = self._mark()
        if self.way == KEYS:
            self.page.keyboard.press(key)
        else:
            thing.click()
        self._settle(here)

    def _tab_to(self, target: Any) -> None:
        """Press Tab, or Shift and Tab, until it has the focus, and look at it each time."""
        handle = target.element_handle() if isinstance(target, Locator) else target
        seen = self.page.evaluate(_FOCUS, handle)
        steps = self.page.locator("a, button, input, select, textarea, summary, [tabindex]").count()
        for _ in range(steps + 10):
            if seen.get("side") == "here":
                return
            self.page.keyboard.press("Shift+Tab" if seen.get("side") == "before" else "Tab")
            seen = self.page.evaluate(_FOCUS, handle)
            assert seen["at"], f"the focus is lost at {self.page.url}"
            assert not seen["fault"], f"{seen['at']} {seen['fault']} at {self.page.url}"
        raise AssertionError(f"cannot be reached by keyboard: {target} at {self.page.url}")

    def _mark(self) -> str:
        self.page.evaluate("window.isHere = true")
        return self.page.url

    def _settle(self, before: str) -> None:
        """Wait for what an act brings, and look at it."""
        stays = 0
        for _ in range(200):
            self.page.wait_for_timeout(40)
            is_here = self._is_here()
            # Where a machine is busy the next page may begin a moment later.
            stays = stays + 1 if is_here else 0
            if is_here is False or stays == 2:
                break
        else:
            raise AssertionError(f"nothing came of it at {before}")
        if not is_here:
            self._arrive()
        elif self.way == KEYS:
            seen = self.page.evaluate(_FOCUS, None)
            assert seen["at"], f"the focus was lost at {before}"
            assert not seen["fault"], f"{seen['at']} {seen['fault']} at {before}"

    def _is_here(self) -> bool | None:
        """Whether the marked page is still there; None: something is on its way."""
        if self._busy > 0:
            return None
        try:
            is_here: bool | None = self.page.evaluate(
                "document.readyState === 'complete' ? window.isHere === true : null"
            )
        except Error:
            # One page goes and the next one comes.
            return None
        return is_here

    def _arrive(self) -> None:
        """Look at the page one has come to."""
        self._form, self._busy = None, 0
        place = self.page.url.partition("#")[2]
        if place:
            assert self.page.locator(f"[id='{place}']").count() == 1, f"nothing is at #{place}"
        if self.way == LARGE:
            size = self.page.evaluate("getComputedStyle(document.documentElement).fontSize")
            assert size == "32px"
        if self.way in (NARROW, LARGE):
            faults = self.page.evaluate(LAYOUT)
            assert not faults, f"{self.page.url}: {faults}"


def _each(found: Locator) -> list[Locator]:
    return [found.nth(number) for number in range(found.count())]
