"""What people type into the search box, and what it means.

    vratné kelímky           both words, in any of their forms
    "vratné kelímky"         one right behind the other
    -plast  -"na jedno použití"    none of that
    tag: author: stage: area:      štítek: autor: stav: oblast:

What cannot be meant (a quote that is not closed, a lone minus, "tag:" with nothing
behind it) is read as plain words. Nothing that is typed is an error.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from cocreate.i18n import LANGUAGES
from cocreate.search import analysis
from cocreate.search.analysis import fold
from cocreate.search.asked import Alternative, Asked, Part

# Longer questions are cut; nobody types that much.
LONGEST = 200
MOST_PARTS = 10
MOST_EXCLUDED = 5
# Words in all parts together, phrases counted by theirs.
MOST_WORDS = 16
# Everything that is kept of a question, words that are not looked for included.
MOST_PIECES = 40
# Synonyms that are looked for with one word, or with words that stand together.
MOST_SYNONYMS = 5
# Words that may have a synonym together: "mobilní aplikace".
_LONGEST_SYNONYM = 3

# Words that say nothing about what is looked for.
COMMON = frozenset(
    "a aby ale ani asi at az by bych bychom byl byla bylo byly co do i ja jak jako je jeho jej"
    " jeji jejich jen ji jiz jsem jsi jsme jsou jste k kde kdo kdy kdyz ke ktera ktere ktereho"
    " kteri kterou ktery kterym ma mam me mi muj my na nam nas ne nebo nej o od on pak po pod pro"
    " proc pri protoze s se si sve svuj ta tak take tam te tedy ten tento to toho tohle tom tomu"
    " tu tuto ty u uz v vam vas ve vsak z za zde ze"
    " about an and any are as be been but can could did does for from had has have he her his how"
    " if in into is it its of or our she should so some than that the their them then there these"
    " they this those us was we were what when where which who why will with would you your".split()
)

_QUOTES = str.maketrans("“”„‟«»″〝〞＂", '"' * 10)
# An excluded one begins with a minus right before it. Each letter is looked at a few times.
_ITEM = re.compile(
    r"""(?P<minus>(?<!\S)-(?=[^\s-]))?
        (?:(?P<name>[^\W\d_]{3,10}):)?
        (?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))""",
    re.VERBOSE,
)

Synonyms = Callable[[str], Sequence[str]]


class Kind(StrEnum):
    """What a piece of a question is."""

    WORD = "word"
    # A word that says nothing and is not looked for.
    COMMON = "common"
    PHRASE = "phrase"
    EXCLUDED = "excluded"
    # The operators.
    TAG = "tag"
    AUTHOR = "author"
    STAGE = "stage"
    AREA = "area"


# What may stand before a colon, without accents.
OPERATORS = {
    **dict.fromkeys(("tag", "stitek"), Kind.TAG),
    **dict.fromkeys(("author", "autor"), Kind.AUTHOR),
    **dict.fromkeys(("stage", "stav"), Kind.STAGE),
    **dict.fromkeys(("area", "oblast"), Kind.AREA),
}
_PLAIN = {Kind.WORD, Kind.COMMON}


@dataclass(frozen=True)
class Piece:
    """A piece of a question. `text` is how it would be typed, `value` what it says.

    `part` is what is looked for or must not be there; None for operators and common words.
    """

    kind: Kind
    text: str
    value: str
    part: Part | None = None


@dataclass(frozen=True)
class Question:
    """What was typed, understood. `str()` of it means the same again.

    `words`: the plain words as typed, without phrases, operators and what is excluded;
    `tag`, `author`, `stage` and `area`: what stands behind these, "" where nothing does;
    `tried`: words as typed, and the synonyms that are looked for with them.
    """

    asked: Asked
    words: str = ""
    tag: str = ""
    author: str = ""
    stage: str = ""
    area: str = ""
    pieces: tuple[Piece, ...] = ()
    tried: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __str__(self) -> str:
        return _joined(self.pieces)

    @property
    def said(self) -> str:
        """The words that are looked for and no signs, as a title would say it."""
        said = _PLAIN | {Kind.PHRASE}
        return " ".join(piece.value for piece in self.pieces if piece.kind in said)

    def without(self, gone: Part | str) -> str:
        """The question with one part or one operator ("tag", "author", "stage", "area") less.

        With a part go the words that are not looked for anyway.
        """
        if isinstance(gone, str):
            return _joined(piece for piece in self.pieces if piece.kind != gone)
        left = (piece for piece in self.pieces if piece.kind != Kind.COMMON)
        return _joined(piece for piece in left if piece.part != gone)

    def instead(self, words: Mapping[str, str]) -> str:
        """The question with plain words, as typed, replaced by others."""
        return " ".join(
            words.get(piece.text, piece.text) if piece.kind in _PLAIN else piece.text
            for piece in self.pieces
        )


def read(question: str, synonyms: Synonyms | None = None) -> Question:
    """What a question means; `synonyms` gives other words for some that were typed.

    It is called with up to three folded words with spaces between, and gives the words to
    look for as well. At most MOST_PARTS parts and MOST_EXCLUDED excluded ones are kept.
    """
    typed = unicodedata.normalize("NFC", question[:LONGEST]).translate(_QUOTES)
    found = list(islice(_pieces(typed), MOST_PIECES))
    if not any(piece.kind in (Kind.WORD, Kind.PHRASE) for piece in found):
        # Nothing but words that say nothing: then these are meant.
        found = [_word(piece.text) if piece.kind == Kind.COMMON else piece for piece in found]
    found = _bounded(found)
    found, tried = _extended(found, synonyms) if synonyms else (found, {})
    return Question(
        Asked(
            _parts(piece for piece in found if piece.kind != Kind.EXCLUDED),
            _parts(piece for piece in found if piece.kind == Kind.EXCLUDED),
        ),
        " ".join(piece.text for piece in found if piece.kind in _PLAIN),
        pieces=tuple(found),
        tried=tuple((words, tuple(others)) for words, others in tried.items()),
        **{piece.kind.value: piece.value for piece in found if piece.kind in OPERATORS.values()},
    )


def alternatives(words: str) -> tuple[Alternative, ...]:
    """What these words count as, one behind another, in each language; () if there are none.

    A word with a hyphen may stand in a text with it, as two words or as one.
    """
    chains = list(analysis.chains(words))
    made: list[Alternative] = []
    for language in LANGUAGES:
        apart: list[str] = []
        both: list[str] = []
        together: list[str] = []
        for chain in chains:
            parts = [analysis.key(analysis.surface(match), language) for match in chain]
            whole = [one] if (one := analysis.key(analysis.whole(chain), language)) else []
            apart += parts
            both += parts + whole
            together += whole or parts
        # Within a phrase the whole of "e-mail" stands between its parts and the next word.
        made += [tuple(apart if len(chains) == 1 else both), tuple(together)]
    return tuple(dict.fromkeys(tuple(key for key in one if key) for one in made if any(one)))


def _pieces(question: str) -> Iterator[Piece]:
    for item in _ITEM.finditer(question):
        minus, name, phrase, word = item.group("minus", "name", "phrase", "word")
        value = " ".join(phrase.split()) if word is None else word
        operator = OPERATORS.get(fold(name)) if name else None
        if operator and value and not minus:
            yield Piece(operator, f"{name}:{_quoted(value)}", value)
            continue
        if name and not (operator and value):
            # An address, or something else with a colon.
            value = f"{name}:{value}"
        if minus:
            if part := _part(value):
                text = value if word is not None else f'"{value}"'
                yield Piece(Kind.EXCLUDED, f"-{text}", value, part)
        elif word is None:
            if part := _part(value):
                yield Piece(Kind.PHRASE, f'"{value}"', value, part)
        else:
            for chain in analysis.chains(value):
                one = value[chain[0].start() : chain[-1].end()]
                yield Piece(Kind.COMMON, one, one) if fold(one) in COMMON else _word(one)


def _word(typed: str) -> Piece:
    return Piece(Kind.WORD, typed, typed, _part(typed))


def _part(value: str) -> Part | None:
    found = alternatives(value)
    return Part(value, found) if found else None


def _bounded(pieces: Iterable[Piece]) -> list[Piece]:
    """As many pieces as a search may cost; a part that comes again is the same as the first."""
    left = {False: MOST_PARTS, True: MOST_EXCLUDED}
    words = MOST_WORDS
    known: dict[tuple[bool, tuple[Alternative, ...]], Part] = {}
    kept: list[Piece] = []
    for piece in pieces:
        if piece.part:
            is_excluded = piece.kind == Kind.EXCLUDED
            same = (is_excluded, piece.part.any_of)
            if same not in known:
                if not left[is_excluded] or not words:
                    continue
                # Of an endless phrase its beginning has to do.
                any_of = tuple(dict.fromkeys(one[:words] for one in piece.part.any_of))
                left[is_excluded] -= 1
                words -= max(len(one) for one in any_of)
                known[same] = replace(piece.part, any_of=any_of)
            piece = replace(piece, part=known[same])
        kept.append(piece)
    return kept


def _extended(
    pieces: Sequence[Piece], synonyms: Synonyms
) -> tuple[list[Piece], dict[str, dict[str, None]]]:
    """The pieces with the synonyms of their words; by the words, those that added something.

    A synonym of several words answers each of them: (a or s) and (b or s) is what an idea
    with either all the words or their synonym has.
    """
    more: dict[Part, dict[Alternative, None]] = {}
    tried: dict[str, dict[str, None]] = {}
    for start in range(len(pieces)):
        for end in range(start + 1, min(start + _LONGEST_SYNONYM, len(pieces)) + 1):
            run = pieces[start:end]
            if run[-1].kind not in _PLAIN:
                break
            for other in synonyms(" ".join(fold(piece.text) for piece in run))[:MOST_SYNONYMS]:
                found = dict.fromkeys(alternatives(other[:LONGEST]))
                parts = [piece.part for piece in run if piece.part]
                for part in parts:
                    more.setdefault(part, {}).update(found)
                if any(found.keys() - set(part.any_of) for part in parts):
                    tried.setdefault(" ".join(piece.text for piece in run), {})[other] = None
    extended = {
        part: replace(part, any_of=tuple(dict.fromkeys([*part.any_of, *others])))
        for part, others in more.items()
    }
    made = [
        replace(piece, part=extended.get(piece.part, piece.part))
        if piece.part and piece.kind == Kind.WORD
        else piece
        for piece in pieces
    ]
    return made, tried


def _parts(pieces: Iterable[Piece]) -> tuple[Part, ...]:
    return tuple(dict.fromkeys(piece.part for piece in pieces if piece.part))


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _joined(pieces: Iterable[Piece]) -> str:
    return " ".join(piece.text for piece in pieces)
