"""The piece of a text that answers a question, with its words marked."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from markupsafe import Markup, escape

from cocreate import text
from cocreate.search.analysis import Token, tokens
from cocreate.search.asked import Asked

# Signs of a passage, and how much of a text is looked through for one.
LENGTH = 220
_LOOKED_THROUGH = 20_000
# Markdown is made plain by the block; of an endless one a piece has to do.
_BLOCK = 1_500
# Signs that stand before the first marked word.
_BEFORE = 60


def places(asked: Asked) -> dict[str, int]:
    """For every key that answers a question, the number of the part it belongs to."""
    return {key: number for number, part in enumerate(asked.parts) for key in part.keys}


def mark(words: str, keys: Collection[str], language: str) -> Markup:
    """`words` as safe HTML, with those that count as one of `keys` in their language in <mark>."""
    made, at = Markup(), 0
    for start, end in _spans(words, keys, language):
        made += escape(words[at:start]) + Markup("<mark>{}</mark>").format(words[start:end])
        at = end
    return made + escape(words[at:])


def passage(sources: Sequence[str], wanted: Mapping[str, int], language: str) -> Markup:
    """The best piece of these Markdown texts for a question, as safe HTML; at most LENGTH signs.

    `wanted` as `places` gives it. Where they have none of it, it is how the first of
    them begins.
    """
    best = max(
        _blocks(sources),
        key=lambda block: len({wanted[one.term] for one in _hits(block, wanted, language)}),
        default="",
    )
    words = text.plain(best)
    start = _densest(words, wanted, language)
    end = min(len(words), start + LENGTH)
    if end < len(words):
        end = max(words.rfind(" ", start + LENGTH // 2, end), start + LENGTH // 2)
    before = "… " if start else ""
    after = " …" if end < len(words) else ""
    return before + mark(words[start:end], wanted, language) + after


def missing(sources: Sequence[str], asked: Asked, language: str) -> set[str]:
    """The keys of those parts of a question that none of the texts answers."""
    has = {token.term for source in sources for token in tokens(source[:_LOOKED_THROUGH], language)}
    left = (one for one in asked.parts if not any(has.issuperset(keys) for keys in one.any_of))
    return {key for part in left for key in part.keys}


def _hits(words: str, keys: Collection[str], language: str) -> list[Token]:
    return [token for token in tokens(words, language) if token.term in keys]


def _spans(words: str, keys: Collection[str], language: str) -> Iterator[tuple[int, int]]:
    """Where the words stand; those of "e-mail" and the whole of it are one."""
    begun: tuple[int, int] | None = None
    for start, end in sorted((one.start, one.end) for one in _hits(words, keys, language)):
        if begun and start < begun[1]:
            begun = begun[0], max(begun[1], end)
            continue
        if begun:
            yield begun
        begun = start, end
    if begun:
        yield begun


def _blocks(sources: Sequence[str]) -> list[str]:
    """The paragraphs of the texts, in their order; a long one in pieces cut at a space."""
    blocks: list[str] = []
    for source in sources:
        for block in source[:_LOOKED_THROUGH].split("\n\n"):
            rest = block.strip()
            while len(rest) > _BLOCK:
                cut = max(rest.rfind(" ", _BLOCK // 2, _BLOCK), _BLOCK // 2)
                blocks.append(rest[:cut])
                rest = rest[cut:].lstrip()
            if rest:
                blocks.append(rest)
    return blocks


def _densest(words: str, wanted: Mapping[str, int], language: str) -> int:
    """Where to begin so that LENGTH signs answer as much of the question as they can."""
    hits = _hits(words, wanted, language)
    if not hits or len(words) <= LENGTH:
        return 0
    reach = LENGTH - _BEFORE

    def richness(index: int) -> int:
        end = hits[index].start + reach
        return len({wanted[one.term] for one in hits[index : index + 40] if one.end <= end})

    first = hits[max(range(len(hits)), key=richness)].start
    if first <= _BEFORE:
        return 0
    return words.rfind(" ", 0, first - _BEFORE // 2) + 1
