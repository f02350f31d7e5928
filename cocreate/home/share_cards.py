"""Share cards: the picture that other sites show beside a link to the portal."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
# Goes up when cards are drawn differently, so that nobody keeps the old ones.
DESIGN = 1
_EDGE = 72
_TITLE_SIZES = (80, 70, 60, 50)
_MOST_LINES = 4
_INK, _QUIET, _PAPER = "#14201b", "#52615a", "#ffffff"
_FONTS = Path(__file__).parent.parent.parent / "static" / "fonts"
# The first that has a letter draws it.
_FILES = ("figtree-latin.woff2", "figtree-western.woff2", "figtree-latin-ext.woff2")
_BOLD, _MEDIUM = 750, 600


@dataclass(frozen=True)
class Card:
    """What stands on a card. `facts` are short and stand below the title, the first as a badge.

    Colours are "#rrggbb". `logo` is a PNG, or empty for the portal's own mark.
    """

    title: str
    facts: tuple[str, ...]
    name: str
    brand: str
    soft: str
    logo: bytes = b""


@cache
def _fonts(size: int, weight: int) -> tuple[ImageFont.FreeTypeFont, ...]:
    fonts = tuple(ImageFont.truetype(str(_FONTS / name), size) for name in _FILES)
    for font in fonts:
        font.set_variation_by_axes([weight])
    return fonts


@cache
def _font_of(letter: str) -> int | None:
    """Which of _FILES has the letter; None for neither."""
    for number, font in enumerate(_fonts(50, _BOLD)):
        if bytes(font.getmask(letter)) != bytes(font.getmask("\uffff")):
            return number
    return None


def drawable(words: str) -> str:
    """`words` as a card can show them; "" if they are in a script that our font does not have.

    Signs without a letter of ours, such as emoji, are left out.
    """
    words = unicodedata.normalize("NFC", " ".join(words.split()))
    letters = [one for one in words if unicodedata.category(one)[0] == "L"]
    if any(_font_of(one) is None for one in letters):
        return ""
    shown = "".join(one for one in words if _font_of(one) is not None)
    return " ".join(shown.split()) if letters else ""


def _runs(words: str) -> list[tuple[int, str]]:
    """`words` cut into pieces that one font can draw."""
    runs: list[tuple[int, str]] = []
    for letter in words:
        number = _font_of(letter) or 0
        if runs and runs[-1][0] == number:
            runs[-1] = (number, runs[-1][1] + letter)
        else:
            runs.append((number, letter))
    return runs


def _length(words: str, size: int, weight: int) -> float:
    fonts = _fonts(size, weight)
    return sum(fonts[number].getlength(run) for number, run in _runs(words))


def _write(
    draw: ImageDraw.ImageDraw, at: tuple[float, float], words: str, size: int, weight: int, ink: str
) -> float:
    """Write one line whose letters stand on `at`; where it ends."""
    x, y = at
    fonts = _fonts(size, weight)
    for number, run in _runs(words):
        draw.text((x, y), run, fill=ink, font=fonts[number], anchor="ls")
        x += fonts[number].getlength(run)
    return x


def _words(title: str, widest: float, size: int) -> list[str]:
    """What must stay on one line. Czech leaves no word of one letter at a line's end."""
    glued: list[str] = []
    for word in title.split(" "):
        if glued and len(glued[-1].rpartition(" ")[2]) == 1 and glued[-1][-1].isalpha():
            glued[-1] += f" {word}"
        else:
            glued.append(word)
    pieces: list[str] = []
    for word in glued:
        while _length(word, size, _BOLD) > widest:
            cut = next(
                (at for at in range(len(word), 1, -1) if _length(word[:at], size, _BOLD) <= widest),
                1,
            )
            pieces.append(word[:cut])
            word = word[cut:]
        pieces.append(word)
    return pieces


def _filled(words: Sequence[str], widest: float, size: int) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _length(longer, size, _BOLD) <= widest:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def wrapped(title: str, widest: float) -> tuple[int, list[str]]:
    """(size, lines): as large as it fits, in lines of about the same length.

    A title too long for the smallest size ends in an ellipsis.
    """
    for size in _TITLE_SIZES:
        words = _words(title, widest, size)
        lines = _filled(words, widest, size)
        if len(lines) <= _MOST_LINES:
            # The narrowest column that takes no line more.
            narrow, wide = 0.0, widest
            while wide - narrow > 8:
                middle = (narrow + wide) / 2
                fits = max(_length(one, size, _BOLD) for one in words) <= middle
                if fits and len(_filled(words, middle, size)) == len(lines):
                    wide = middle
                else:
                    narrow = middle
            return size, _filled(words, wide, size)
    last = lines[_MOST_LINES - 1]
    while last and _length(f"{last}…", size, _BOLD) > widest:
        last = last[:-1].rstrip()
    return size, [*lines[: _MOST_LINES - 1], f"{last}…"]


def _mark(side: int, brand: str) -> Image.Image:
    """The portal's own mark, as in static/logo.svg, drawn large and made small for its edges."""
    scale = side * 4 / 32
    mark = Image.new("RGBA", (side * 4, side * 4))
    draw = ImageDraw.Draw(mark)

    def box(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
        return tuple(round(one * scale) for one in (x - radius, y - radius, x + radius, y + radius))  # type: ignore[return-value]

    draw.rounded_rectangle((0, 0, side * 4 - 1, side * 4 - 1), 9 * scale, fill=brand)
    draw.arc(box(15.72, 16, 9.2), 50, 310, fill="#ffffff", width=round(3.2 * scale))
    draw.ellipse(box(22.4, 16, 2.9), fill="#ffc857")
    return mark.resize((side, side), Image.Resampling.LANCZOS)


def drawn(card: Card) -> bytes:
    """The card as a PNG of WIDTH by HEIGHT pixels. Takes about a tenth of a second."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, WIDTH, 16), fill=card.brand)
    draw.rectangle((0, HEIGHT - 132, WIDTH, HEIGHT), fill=card.soft)
    size, lines = wrapped(card.title, WIDTH - 2 * _EDGE)
    step = size * 1.16
    # Words and facts stand together in the middle of what the bars leave free.
    whole = step * len(lines) + (76 if card.facts else 0)
    y = (16 + HEIGHT - 132 - whole) / 2 + size * 0.92
    for line in lines:
        _write(draw, (_EDGE, y), line, size, _BOLD, _INK)
        y += step
    if card.facts:
        _facts(draw, card, y + 68 - size * 0.92)
    if card.logo:
        with Image.open(BytesIO(card.logo)) as logo:
            mark = logo.convert("RGBA").resize((64, 64), Image.Resampling.LANCZOS)
    else:
        mark = _mark(64, card.brand)
    picture.paste(mark, (_EDGE, HEIGHT - 98), mark)
    _write(draw, (_EDGE + 88, HEIGHT - 53), card.name, 38, _BOLD, _INK)
    file = BytesIO()
    # Few colours stand on a card; a palette takes a third of the bytes.
    picture.quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        file, "PNG", optimize=True
    )
    return file.getvalue()


def _facts(draw: ImageDraw.ImageDraw, card: Card, y: float) -> None:
    badge, *others = card.facts
    end = _EDGE + 40 + _length(badge, 30, _MEDIUM)
    draw.rounded_rectangle((_EDGE, y - 38, end, y + 18), 28, fill=card.soft)
    _write(draw, (_EDGE + 20, y), badge, 30, _MEDIUM, card.brand)
    for fact in others:
        # What does not fit is left out whole.
        if end + 36 + _length(fact, 30, _MEDIUM) > WIDTH - _EDGE:
            continue
        draw.ellipse((end + 16, y - 13, end + 22, y - 7), fill=_QUIET)
        end = _write(draw, (end + 36, y), fact, 30, _MEDIUM, _QUIET)
