"""One brand colour made into a family that can be read, in the light and in the dark.

Contrast is the ratio of WCAG 2.x, from 1 to 21. Where a colour must move to be read, its
lightness moves in OKLCH, which keeps the hue that people know it by.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from coloraide import Color

from cocreate.errors import Invalid
from cocreate.i18n import lazy_gettext as _

TEXT_RATIO = 4.5
CONTROL_RATIO = 3.0

_CSS = Path(__file__).parent.parent / "static" / "css" / "base.css"
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_HUE = re.compile(r"--hue: ([\d.]+);")
_OKLCH = r"(oklch\([\d. ]+(?:var\(--hue\))?\))"
_TOKEN = re.compile(rf"--([a-z-]+): light-dark\({_OKLCH}, {_OKLCH}\);")
# What the stylesheet calls each shade of a family.
SHADES = {
    "brand": "brand",
    "brand-strong": "strong",
    "brand-soft": "soft",
    "brand-line": "line",
    "on-brand": "on_brand",
}
# On these a brand-coloured word may stand, and on the brand's own softest shade.
_GROUNDS = ("bg", "surface", "sunken")
# Of a lightness from 0 to 1: finer than anybody sees.
_PRECISION = 0.002
# A brand in the dark shines a little, or it would look switched off.
_LEAST_IN_THE_DARK = 0.74


@dataclass(frozen=True)
class Shades:
    """The family in one theme, each "#rrggbb"; the names are those of the stylesheet."""

    brand: str  # links, buttons
    strong: str  # the same under the pointer
    soft: str  # behind words
    line: str  # around what is soft
    on_brand: str  # words on `brand` and on `strong`


@dataclass(frozen=True)
class Family:
    """What one colour became.

    `hue` is in degrees; `chroma` says from 0 (grey) to 1 how much of it the tones that
    take the hue may show.
    """

    given: str
    hue: float
    chroma: float
    light: Shades
    dark: Shades


@dataclass(frozen=True)
class Mending:
    """How readable the given colour is in one theme, and what stands in its place.

    The ratios are those on the ground where they are lowest.
    """

    theme: str  # light or dark
    given: str
    given_ratio: float
    used: str
    used_ratio: float
    button_ratio: float

    @property
    def is_mended(self) -> bool:
        return self.given != self.used

    @property
    def is_darker(self) -> bool:
        """Whether the given colour was made darker, and not lighter."""
        return ratio(self.used, "#ffffff") > ratio(self.given, "#ffffff")


def read(words: str) -> str:
    """The colour that `words` name, as "#rrggbb". Raises Invalid for what is no colour."""
    found = _HEX.fullmatch(words.strip())
    if found is None:
        raise Invalid(
            "colour",
            _("Write the colour as # and six signs from 0 to 9 and a to f, such as #0b6b4f."),
        )
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * one for one in digits))


def ratio(one: str, other: str) -> float:
    """The contrast between two colours, from 1 (none) to 21."""
    return float(Color(one).contrast(other))


@cache
def tokens() -> dict[str, tuple[str, str]]:
    """(light, dark) as "#rrggbb" of each colour in the stylesheet, by its name there."""
    css = _CSS.read_text(encoding="utf-8")
    found = _HUE.search(css)
    hue = found[1] if found else "0"
    return {
        name: (_hex(light.replace("var(--hue)", hue)), _hex(dark.replace("var(--hue)", hue)))
        for name, light, dark in _TOKEN.findall(css)
    }


@lru_cache(maxsize=64)
def family(given: str) -> Family:
    """The family of a colour such as "#0b6b4f"; of "", the one the portal has by itself.

    Words in `brand` and `strong` keep 4.5:1 on every ground of theirs, and so do words in
    `on_brand` on the two.
    """
    if not given:
        return _default()
    lightness, chroma, hue = (float(one) for one in Color(given).convert("oklch").coords())
    # A grey has no hue.
    hue = hue if hue == hue else 0.0
    return Family(
        given,
        round(hue, 1),
        round(min(1.0, chroma / 0.095), 2),
        _light(lightness, chroma, hue),
        _dark(lightness, chroma, hue),
    )


def mendings(one: Family) -> tuple[Mending, Mending]:
    """What was done to the given colour in the light and in the dark."""
    return _mending("light", one.given, one.light), _mending("dark", one.given, one.dark)


def grounds(theme: str, shades: Shades) -> list[str]:
    """What words of the brand's colour stand on, in the theme."""
    which = 0 if theme == "light" else 1
    return [*(tokens()[name][which] for name in _GROUNDS), shades.soft]


def _mending(theme: str, given: str, shades: Shades) -> Mending:
    behind = grounds(theme, shades)
    return Mending(
        theme,
        given,
        _lowest(given, behind),
        shades.brand,
        _lowest(shades.brand, behind),
        ratio(shades.brand, shades.on_brand),
    )


def _light(lightness: float, chroma: float, hue: float) -> Shades:
    soft = _oklch(0.96, min(chroma, 0.021), hue)
    behind = [*(tokens()[name][0] for name in _GROUNDS), soft]
    brand, found = _readable(lightness, chroma, hue, behind, 0.0)
    # Nothing is darker than black: there the pointer makes it lighter.
    strong, _found = _readable(
        found - 0.07 if found > 0.25 else found + 0.25, chroma, hue, behind, 0.0
    )
    return Shades(brand, strong, soft, _oklch(0.84, min(chroma, 0.06), hue), "#ffffff")


def _dark(lightness: float, chroma: float, hue: float) -> Shades:
    soft = _oklch(0.29, min(chroma, 0.045), hue)
    on_brand = _oklch(0.2, min(chroma, 0.04), hue)
    behind = [*(tokens()[name][1] for name in _GROUNDS), soft, on_brand]
    brand, found = _readable(max(lightness, _LEAST_IN_THE_DARK), chroma, hue, behind, 1.0)
    strong, _found = _readable(
        found + 0.07 if found < 0.92 else found - 0.08, chroma, hue, behind, 1.0
    )
    return Shades(brand, strong, soft, _oklch(0.43, min(chroma, 0.07), hue), on_brand)


def _readable(
    lightness: float, chroma: float, hue: float, behind: list[str], extreme: float
) -> tuple[str, float]:
    """The colour if it can be read on all of `behind`, or the nearest one towards `extreme`.

    That is black (0) or white (1), which can. Its lightness comes with it.
    """
    if _lowest(_oklch(lightness, chroma, hue), behind) < TEXT_RATIO:
        unreadable, lightness = lightness, extreme
        while abs(lightness - unreadable) > _PRECISION:
            middle = (lightness + unreadable) / 2
            if _lowest(_oklch(middle, chroma, hue), behind) < TEXT_RATIO:
                unreadable = middle
            else:
                lightness = middle
    return _oklch(lightness, chroma, hue), lightness


def _default() -> Family:
    """The family that the stylesheet has by itself."""
    light, dark = _standing(0), _standing(1)
    hue = float(Color(light.brand).convert("oklch")["hue"])
    return Family(light.brand, round(hue, 1), 1.0, light, dark)


def _standing(which: int) -> Shades:
    have = tokens()
    return Shades(
        have["brand"][which],
        have["brand-strong"][which],
        have["brand-soft"][which],
        have["brand-line"][which],
        have["on-brand"][which],
    )


def _lowest(colour: str, behind: list[str]) -> float:
    return min(ratio(colour, one) for one in behind)


def _oklch(lightness: float, chroma: float, hue: float) -> str:
    lightness = min(max(lightness, 0.0), 1.0)
    return _hex(f"oklch({lightness:.4f} {chroma:.4f} {hue:.2f})")


def _hex(colour: str) -> str:
    """The colour that a screen shows, with less chroma where there is no such colour."""
    shown = Color(colour).convert("oklch").fit("srgb", method="oklch-chroma").convert("srgb")
    return str(shown.to_string(hex=True))
