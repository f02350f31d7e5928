"""The values of one row, asked for by tolerant names; texts come out clean and within limits."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

import ftfy

from cocreate import text
from cocreate.accounts.models import EMAIL_LENGTH, NAME_LENGTH
from cocreate.discussion.models import CommentKind
from cocreate.errors import Words
from cocreate.exchange.dates import read_instant
from cocreate.exchange.markup import defuse, html_to_markdown, looks_like_html
from cocreate.exchange.names import KINDS, LANGUAGE_NAMES, STAGES, key
from cocreate.exchange.rows import fingerprint
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import TAG_LENGTH, TITLE_LENGTH, Stage

ID_LENGTH = 200
# More people than there are; larger numbers do not fit into the database.
MOST_VOTES = 2_000_000_000
URL_LENGTH = 2000
# Text of five times what the portal takes is not worth turning from HTML into Markdown.
_LONGEST_HTML = 200_000
# No name is as long; what follows could only keep the search for addresses in it busy.
_LONGEST_NAME = 300

_EMAIL = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+\.[^@\s<>\"',;]{2,}")
_NAME_AND_EMAIL = re.compile(r"(.*?)\s*[<(\[]\s*(" + _EMAIL.pattern + r")\s*[>)\]]")
_NO_AUTHOR = {"error: author missing", "anonymous", "unknown", "n/a", "anonym", "neznámý", "-"}
# Line ends of other systems, and the marks of lines and paragraphs in Unicode.
_LINE_ENDS = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")
_PARTING = re.compile("[\u2028\u2029]")
_CONTROLS = re.compile("[\x80-\x9f\ufeff\ufffe\uffff]")
_COUNT = re.compile(r"([+-]?)(\d{1,3}(?:[ \xa0\u202f,.']\d{3})+|\d{1,15})(?:[.,]0*)?")
_BETWEEN_TAGS = re.compile(r"[,;\n|]")
# Joining words that a list of keywords without commas leaves behind.
_JOINING = frozenset("a an and by for from in of on or the to with".split())


class Unfit(Exception):
    """Why a row cannot be taken. Caught where rows are read, and given out as Refused."""

    def __init__(self, reason: Words) -> None:
        super().__init__(reason)
        self.reason = reason


def tidy(value: str) -> str:
    """`value` in NFC with plain line ends and no control characters, trimmed."""
    if value.isascii() and value.isprintable():
        return value.strip()  # most short values: nothing to look for
    return text.clean(_CONTROLS.sub("", _LINE_ENDS.sub("\n", value)))


def one_line(value: str) -> str:
    """`tidy`, on a single line."""
    return " ".join(tidy(value).split())


def is_email(said: str) -> bool:
    """Whether a text is nothing but an e-mail address."""
    return len(said) <= EMAIL_LENGTH and _EMAIL.fullmatch(said) is not None


def mended(value: str) -> str:
    """`value` with letters put right that some program read in a wrong encoding ("â€™")."""
    return value if value.isascii() else ftfy.fix_encoding(value)


def shortened(words: str, length: int) -> str:
    """`words` in at most `length` characters, cut at a word if there is one, with an ellipsis."""
    if len(words) <= length:
        return words
    cut = words[: length - 1]
    at_word = cut.rsplit(" ", 1)[0] if words[length - 1] != " " and " " in cut else cut
    # A single endless word must not leave next to nothing.
    return (at_word if len(at_word) > length // 2 else cut).rstrip(" ,.;:–-") + "…"


class Fields:
    """One row of a file. What has to be let go of is noted in `warnings`.

    `is_own`: the row was written by this portal and its texts stand as they are.
    Otherwise letters that an earlier program read in a wrong encoding are
    mended, and HTML becomes Markdown. Questions that name several columns
    answer with the first that says something. All raise Unfit for an object where
    text belongs.
    """

    def __init__(self, cells: Mapping[str, object], now: datetime, *, is_own: bool = False) -> None:
        self.warnings: list[Words] = []
        self._now = now
        self.is_own = is_own
        self._cells: dict[str, object] = {}
        for column, value in cells.items():
            self._cells.setdefault(key(column), value)

    def value(self, *columns: str) -> object:
        """The value as it stands in the file; None if all these columns are empty or missing."""
        for column in columns:
            found = self._cells.get(column)
            if found is not None and found != "" and not (isinstance(found, str) and _blank(found)):
                return found
        return None

    def words(self, *columns: str) -> str:
        """A value as text, unchanged except for mended letters."""
        value = self.value(*columns)
        if value is None:
            return ""
        if isinstance(value, str):
            return value if self.is_own else mended(value)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int | float):
            return str(value)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return ", ".join(map(mended, value))
        raise Unfit(_("“%(column)s” holds a list or an object, not text.", column=columns[0]))

    def line(self, *columns: str) -> str:
        """A text on one line."""
        said = self.words(*columns)
        return " ".join(self._tidy(said).split())

    def prose(self, *columns: str, is_html: bool = False, longest: int) -> str:
        """A text as Markdown. Raises Unfit if it has more than `longest` characters."""
        said = self.words(*columns)
        if is_html or (not self.is_own and looks_like_html(said)):
            # Letters read wrong may have hidden in entities until now.
            said = mended(html_to_markdown(said)) if len(said) <= _LONGEST_HTML else said
        return fitting(self._tidy(said), longest, columns[0])

    def _tidy(self, said: str) -> str:
        # What a portal wrote it had cleaned already; cleaning it more would make another text.
        return text.clean(_PARTING.sub("\n", said)) if self.is_own else tidy(said)

    def plain(self, *columns: str, longest: int) -> str:
        """A text that was never Markdown, as Markdown without tags."""
        return fitting(defuse(tidy(self.words(*columns))), longest, columns[0])

    def count(self, *columns: str) -> int | None:
        """A whole number; None, with a warning, for what is not one."""
        said = self.line(*columns)
        if not said:
            return None
        if not (match := _COUNT.fullmatch(said.replace("−", "-"))):
            self.warnings.append(_("“%(value)s” is not a number.", value=said[:40]))
            return None
        return int(match[1] + re.sub(r"\D", "", match[2]))

    def instant(self, *columns: str) -> datetime | None:
        """An instant in UTC; None, with a warning, for what cannot be read as one."""
        moment, warning = read_instant(self.value(*columns), self._now)
        if warning:
            self.warnings.append(warning)
        return moment

    def votes(
        self, support: Iterable[str], against: Iterable[str], net: Iterable[str]
    ) -> tuple[int | None, int | None]:
        """(support, against); where only their difference is known, the least they can be."""
        for_it, against_it = self.count(*support), self.count(*against)
        if for_it is None and against_it is None and (left := self.count(*net)) is not None:
            for_it, against_it = max(left, 0), -left if left < 0 else None
        for number in (for_it, against_it):
            if number is not None and not 0 <= number <= MOST_VOTES:
                self.warnings.append(_("“%(value)s” cannot be a number of votes.", value=number))
        return (
            for_it if for_it is None or 0 <= for_it <= MOST_VOTES else None,
            against_it if against_it is None or 0 <= against_it <= MOST_VOTES else None,
        )

    def identity(self, *columns: str) -> str:
        """An id of at most 200 characters; a longer one by its digest."""
        said = self.line(*columns)
        return said if len(said) <= ID_LENGTH else fingerprint(said)

    def author_id(self, *columns: str) -> str | None:
        """A source and what the author is known as there; None if there is nothing, or no such."""
        said = self.line(*columns)
        source, _space, known_as = said.rpartition(" ")
        return said if source and len(source) <= 60 and len(known_as) <= ID_LENGTH else None

    def title(self, *columns: str) -> tuple[str, str]:
        """(the title within the portal's length, the whole of it if it was longer or "").

        Raises Unfit if there is none.
        """
        whole = self.line(*columns)
        if not whole:
            raise Unfit(_("There is no title."))
        short = shortened(whole, TITLE_LENGTH)
        if short == whole:
            return whole, ""
        self.warnings.append(_("The title was shortened; the whole of it begins the need."))
        return short, whole

    def author(self, names: Iterable[str], emails: Iterable[str] = ()) -> tuple[str, str | None]:
        """(display name, address if the file has one); an address never becomes the name."""
        name, email = self.line(*names)[:_LONGEST_NAME], self.line(*emails).lower()
        if match := _NAME_AND_EMAIL.fullmatch(name):
            name, email = match[1], email or match[2].lower()
        if is_email(name):
            email = email or name.lower()
            name = name.split("@", 1)[0]
        # An address in the midst of a name is not for everyone's eyes either.
        name = one_line(_EMAIL.sub("", name)) if "@" in name else name
        if not self.is_own and name.casefold() in _NO_AUTHOR:
            name = ""
        if len(name) > NAME_LENGTH:
            self.warnings.append(_("The author's name was shortened."))
            name = shortened(name, NAME_LENGTH)
        return name, email if is_email(email) else None

    def tags(self, *columns: str) -> tuple[str, ...]:
        """Tags, each once, in the file's order.

        A tag too long for the portal is a row of keywords typed without commas:
        each of its words is a tag, without the joining ones.
        """
        value = self.value(*columns)
        if isinstance(value, list):
            said = [item for item in value if isinstance(item, str | int | float)]
            # A tag with a comma in it would be two the next time it is written down.
            items = [part for item in said for part in str(item).split(",")]
        elif self.is_own:
            items = self.words(*columns).split(",")
        else:
            items = _BETWEEN_TAGS.split(self.words(*columns))
        found: dict[str, str] = {}
        for item in items:
            whole = one_line(item)
            for tag in [whole] if len(whole) <= TAG_LENGTH else _keywords(whole):
                if tag:
                    found.setdefault(tag.casefold(), shortened(tag, TAG_LENGTH))
        return tuple(found.values())

    def stage(self, *columns: str) -> Stage | None:
        """The stage that the file's word stands for; None, with a warning, for another word."""
        said = self.line(*columns)
        stage = STAGES.get(key(said))
        if said and stage is None:
            self.warnings.append(_("The stage “%(value)s” is not known.", value=said[:40]))
        return stage

    def language(self, *columns: str) -> str | None:
        """`cs`, `en` or another code of two or three letters."""
        said = self.line(*columns).casefold()
        short = re.split(r"[-_ ]", said, maxsplit=1)[0]
        if said and (found := LANGUAGE_NAMES.get(said) or LANGUAGE_NAMES.get(short)):
            return found
        if re.fullmatch(r"[a-z]{2,3}", short):
            return short
        if said:
            self.warnings.append(_("The language “%(value)s” is not known.", value=said[:40]))
        return None

    def kind(self, *columns: str) -> CommentKind | None:
        """The kind of a comment; None, with a warning, for a word that is none."""
        said = self.line(*columns)
        kind = KINDS.get(key(said))
        if said and kind is None:
            self.warnings.append(_("The kind “%(value)s” is not known.", value=said[:40]))
        return kind

    def url(self, *columns: str) -> str | None:
        """A web address; None, with a warning, for anything else."""
        said = self.line(*columns)
        if re.fullmatch(r"https?://[^\s<>\"]+", said, re.I) and len(said) <= URL_LENGTH:
            return said
        if said:
            self.warnings.append(_("“%(value)s” is not a web address.", value=said[:40]))
        return None


def fitting(said: str, longest: int, column: Words) -> str:
    """`said`, if it has at most `longest` characters. Raises Unfit otherwise."""
    if len(said) > longest:
        raise Unfit(
            _(
                "“%(column)s” has %(length)s characters; at most %(longest)s fit.",
                column=column,
                length=len(said),
                longest=longest,
            )
        )
    return said


def _blank(value: str) -> bool:
    return not value.strip("\0 \t\r\n\v\f\ufeff\xa0")


def _keywords(whole: str) -> list[str]:
    """The tags in a row of keywords without commas."""
    parts = whole.split(" - ") if " - " in whole else [whole]
    return [
        word
        for part in parts
        for word in ([part] if len(part) <= TAG_LENGTH and len(parts) > 1 else part.split())
        if word.casefold() not in _JOINING and any(map(str.isalnum, word))
    ]
