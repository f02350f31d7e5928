"""Which encoding a file of text is in."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from typing import BinaryIO

from charset_normalizer import from_bytes

from cocreate.exchange.rows import Unreadable
from cocreate.i18n import lazy_gettext as _

_CHUNK = 1 << 16

_BOMS = (
    # UTF-32 first: its mark begins like that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_WORKBOOK = _(
    "This is a spreadsheet workbook, not a text file. "
    "Open it, save it as “CSV UTF-8”, and bring that file."
)
_PACKED = _("This file is compressed. Unpack it first and bring what was inside.")
_DOCUMENT = _("This is not a text file. Bring ideas and comments as CSV or JSON Lines.")
_MAGIC = (
    (b"PK\x03\x04", _WORKBOOK),
    (b"\xd0\xcf\x11\xe0", _WORKBOOK),
    (b"\x1f\x8b", _PACKED),
    (b"BZh", _PACKED),
    (b"7z\xbc\xaf", _PACKED),
    (b"\xfd7zXZ", _PACKED),
    (b"%PDF-", _DOCUMENT),
    (b"\x89PNG", _DOCUMENT),
    (b"\xff\xd8\xff", _DOCUMENT),
    (b"GIF8", _DOCUMENT),
    (b"SQLite format 3", _DOCUMENT),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b"))
# Above this share of control bytes a file is no text; a few stray ones are let through.
_MOST_CONTROLS = 0.1

# A byte that is not ASCII, with the words around it.
_AROUND = re.compile(rb"[\x00-\x7f]{0,24}[\x80-\xff]+[\x00-\x7f]{0,24}")
_SAMPLE = 200_000

# What each single-byte encoding is used to write; where two read a byte alike, Czech comes first.
# Letters of neighbours that are rare beside Czech count for less.
_CENTRAL = dict.fromkeys("áčďéěíňóřšťúůýžäöüôľß", 1.0) | dict.fromkeys("ĺŕłąęćńśźżőűâîăëç", 0.4)
_WESTERN = dict.fromkeys("àâäáãåæçéèêëíìîïñóòôöõøœßúùûüýÿšž", 1.0)
_SIGNS = frozenset("„“”‚‘’–—…•§°€£©®™«»¿¡·×½¼¾²³ºª\xa0\xad´ˇ¨")
_LANGUAGES = (("cp1250", _CENTRAL), ("iso-8859-2", _CENTRAL), ("cp1252", _WESTERN))
_VOWELS = frozenset("aeiouy")
# Czech leans on these two between consonants, as in "vlk" and "prst".
_SYLLABIC = _VOWELS | frozenset("lr")


def encoding_of(file: BinaryIO) -> str:
    """The name of the codec that reads `file` right; the file is left at its start.

    Marks at the start decide, then UTF-8 if the bytes are (nearly all of) it,
    then the single-byte encodings of Czech and its neighbours by how likely the
    words are that come out, then whatever charset-normalizer finds. Raises
    Unreadable for a file that is empty or not text. Reads the file once or
    twice, never more than a piece of it in memory.
    """
    file.seek(0)
    head = file.read(_CHUNK)
    try:
        return _by_mark(head) or _by_bytes(file)
    finally:
        file.seek(0)


def _by_mark(head: bytes) -> str | None:
    """The encoding that the first bytes give away, if they do."""
    if not head.strip():
        raise Unreadable(_("This file is empty."))
    for magic, words in _MAGIC:
        if head.startswith(magic):
            raise Unreadable(words)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    # Spaces and unaccented letters have a zero byte in UTF-16, always on the same side, and so
    # have the ends of lines. A few stray ones in another encoding are not beside all of these.
    half = max(len(head) // 2, 1)
    zeros = {"utf-16-le": head[1::2].count(0) / half, "utf-16-be": head[0::2].count(0) / half}
    line_ends = {"utf-16-le": b"\n\0", "utf-16-be": b"\0\n"}
    for name, share in zeros.items():
        has_line_ends = 0 < head.count(b"\n") == head.count(line_ends[name])
        if sum(zeros.values()) - share < 0.01 and (share > 0.3 or (share > 0.1 and has_line_ends)):
            return name
    if len(head) - len(head.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(head):
        raise Unreadable(_DOCUMENT)
    return None


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield chunk


def _by_bytes(file: BinaryIO) -> str:
    """UTF-8 if the bytes say so, otherwise the likeliest single-byte encoding."""
    strict = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(file):
            strict.decode(chunk)
        strict.decode(b"", final=True)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    lenient = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    pieces: list[bytes] = []
    size = 0
    first = b""
    for chunk in _chunks(file):
        if chunk.isascii():
            continue
        first = first or chunk
        text = lenient.decode(chunk)
        broken = text.count("\ufffd")
        bad += broken
        good += sum(1 for letter in text if letter > "\x7f") - broken
        if size < _SAMPLE:
            pieces += _AROUND.findall(chunk)
            size = sum(map(len, pieces))
    # A few bytes cut or pasted in do not make another encoding of it: text in a single-byte
    # encoding hardly ever forms a valid sequence of UTF-8.
    if good > 2 * bad:
        return "utf-8"
    return _likeliest(b"\n".join(pieces)[:_SAMPLE], first)


def _likeliest(sample: bytes, whole: bytes) -> str:
    """The encoding whose reading of `sample` looks most like words.

    Where none of ours does, charset-normalizer judges `whole`, an unbroken piece.
    """
    scores = [(_likeness(sample, name, usual), name) for name, usual in _LANGUAGES]
    # `max` keeps the first of equals, so Czech wins where nothing tells them apart.
    score, name = max(scores, key=lambda pair: pair[0])
    if score > 0.6:
        return name
    found = from_bytes(whole).best()
    if found is not None:
        try:
            whole.decode(found.encoding, "replace").encode("utf-8")
        except (LookupError, UnicodeError):
            return name
        return found.encoding
    return name


def _likeness(sample: bytes, encoding: str, usual: dict[str, float]) -> float:
    """How usual the letters beyond ASCII are that `encoding` makes of `sample`; 2 is best."""
    text = sample.decode(encoding, "replace").lower()
    score = 0.0
    beyond = 0
    for at, letter in enumerate(text):
        if letter <= "\x7f":
            continue
        beyond += 1
        if letter in usual:
            score += usual[letter] + _fit(text, at)
        elif letter in _SIGNS:
            # Inside a word a sign is most likely a letter read wrong; an apostrophe is not.
            score += -1 if letter != "’" and text[at - 1 : at + 2 : 2].isalpha() else 0.5
        elif letter == "\ufffd" or unicodedata.category(letter) == "Cc":
            score -= 4
        else:
            score -= 1
    return score / max(beyond, 1)


def _fit(text: str, at: int) -> float:
    """Whether a letter stands as its kind does: consonants by vowels, vowels apart from vowels.

    1 where it does, -1 where not. The same byte is č in Prague and è in Paris;
    what stands around it tells which.
    """
    near = [_base(text[place]) for place in (at - 1, at + 1) if 0 <= place < len(text)]
    letters = [letter for letter in near if letter.isalpha()]
    if not letters:
        return 0.0
    if len(letters) == 2 and min(text[at - 1], text[at + 1]) > "\x7f":
        # Languages in Latin letters do not string three accents together; others do.
        return -2.0
    if _base(text[at]) in _VOWELS:
        return -1.0 if any(letter in _VOWELS for letter in letters) else 1.0
    return 1.0 if any(letter in _SYLLABIC for letter in letters) else -1.0


def _base(letter: str) -> str:
    """The letter without its accent."""
    return unicodedata.normalize("NFD", letter)[0]
