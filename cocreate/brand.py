"""How the portal looks: the colour, the font and the logo that the admin chose."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cocreate import palette, site
from cocreate.i18n import lazy_gettext as _
from cocreate.palette import Family

# A header's height of logo, in CSS pixels.
LOGO_HEIGHT = 28


@dataclass(frozen=True)
class Font:
    """A typeface that ships with the portal, or the reader's own.

    `sheet` is the static file that declares it, "" where every page has it anyway;
    `files` are those a first page needs: for every language, and for languages with more
    letters than English.
    """

    label: str
    says: str
    stack: str
    sheet: str = ""
    files: tuple[str, ...] = ()


# By the names that `site.FONTS` lists.
FONTS = {
    "figtree": Font(
        "Figtree",
        _("Friendly and clear; what the portal has by itself."),
        'Figtree, "Figtree Fallback", system-ui, sans-serif',
        "",
        ("fonts/figtree-latin.woff2", "fonts/figtree-czech.woff2"),
    ),
    "atkinson": Font(
        "Atkinson Hyperlegible Next",
        _("Made for people who see little: no two letters look alike."),
        '"Atkinson Hyperlegible Next", "Atkinson Hyperlegible Next Fallback", sans-serif',
        "css/font-atkinson.css",
        ("fonts/atkinson-latin.woff2", "fonts/atkinson-latin-ext.woff2"),
    ),
    "bitter": Font(
        "Bitter",
        _("With serifs, made for reading on screens."),
        'Bitter, "Bitter Fallback", Georgia, serif',
        "css/font-bitter.css",
        ("fonts/bitter-latin.woff2", "fonts/bitter-latin-ext.woff2"),
    ),
    "system": Font(
        _("The reader's own"),
        _("Whatever their device has; nothing is loaded."),
        'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
    ),
}


@dataclass(frozen=True)
class Face:
    """What the frame of every page needs to know of the brand.

    Addresses are "" where the portal's own file does.
    """

    stylesheet: str
    font: Font
    bar: tuple[str, str]  # the frame a browser draws around the page: light, dark
    logo: str
    logo_width: int  # where it stands LOGO_HEIGHT high
    icon: str
    touch_icon: str


def colours() -> Family:
    """The brand's colours as "#rrggbb", such as `colours().light.brand`.

    For whatever cannot read the stylesheet: mails, pictures for sharing, the manifest.
    """
    return palette.family(site.load().colour)


def face(portal: site.Site) -> Face:
    """The brand as the frame of every page shows it."""
    key = str(portal.logo.get("key", ""))
    width, height = portal.logo.get("width", 1), portal.logo.get("height", 1)
    return _face(portal.colour, portal.font, key, round(LOGO_HEIGHT * width / height))


@lru_cache(maxsize=16)
def _face(colour: str, font: str, logo: str, logo_width: int) -> Face:
    family = palette.family(colour)
    return Face(
        stylesheet=f"/brand.css?v={digest(colour, font)}" if css(colour, font) else "",
        font=FONTS.get(font, FONTS["figtree"]),
        # Without a colour of its own the frame goes on from the header.
        bar=(family.light.brand, family.dark.soft) if colour else palette.tokens()["surface"],
        logo=picture(logo, "logo"),
        logo_width=logo_width,
        icon=picture(logo, "48"),
        touch_icon=picture(logo, "180"),
    )


def picture(key: str, size: str) -> str:
    """The address of a logo that `logos` keeps, in one of its sizes; "" without a key."""
    return f"/brand/{key}-{size}.png" if key else ""


def digest(colour: str, font: str) -> str:
    """What the stylesheet's address carries: it changes with the stylesheet."""
    return hashlib.sha256(css(colour, font).encode()).hexdigest()[:10]


def css(colour: str, font: str) -> str:
    """What the brand changes of the stylesheet; "" if nothing."""
    changes = []
    if colour:
        changes.append(_colours(palette.family(colour), ":root", ".tone-brand"))
    if font != "figtree" and font in FONTS:
        changes.append(f":root {{ --font: {FONTS[font].stack}; }}")
    return _layer(changes)


def preview(colour: str, font: str) -> str:
    """The same for `.brand-preview` alone; whole, as the page around it may differ from both."""
    return _layer(
        [
            _colours(palette.family(colour), ".brand-preview", ".brand-preview .tone-brand"),
            f".brand-preview {{ --font: {FONTS.get(font, FONTS['figtree']).stack}; }}",
        ]
    )


def _layer(rules: list[str]) -> str:
    lines = "\n".join(rules)
    return f"@layer tokens {{\n{lines}\n}}\n" if rules else ""


def _colours(family: Family, within: str, tones: str) -> str:
    shades = "\n".join(
        f"--{name}: light-dark({getattr(family.light, one)}, {getattr(family.dark, one)});"
        for name, one in palette.SHADES.items()
    )
    return (
        f"{within} {{\n--hue: {family.hue:g};\n{shades}\n}}\n"
        # A grey brand takes its badges along.
        f"{tones} {{ --chroma: {family.chroma:g}; }}"
    )
