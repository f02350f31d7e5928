"""The piece of a text that answers a question, with its words marked."""

from collections.abc import Collection, Sequence

from markupsafe import Markup, escape

from cocreate import text
from cocreate.search.analysis import tokens

# Signs of a passage, and how much of a text is looked through for one.
LENGTH = 220
_LOOKED_THROUGH = 20_000
# Markdown is made plain by the block; of an endless one a piece has to do.
_BLOCK = 1_500
# Signs that stand before the first marked word.
_BEFORE = 60


def mark(words: str, terms: Collection[str]) -> Markup:
    """`words` as safe HTML, with those that count as one of `terms` in <mark>."""
    made, at = Markup(), 0
    for token in tokens(words):
        if token.term in terms:
            made += escape(words[at : token.start])
            made += Markup("<mark>{}</mark>").format(words[token.start : token.end])
            at = token.end
    return made + escape(words[at:])


def passage(sources: Sequence[str], terms: Collection[str]) -> Markup:
    """The best piece of these Markdown texts for `terms`, as safe HTML; at most LENGTH signs.

    Where they have none of the terms, it is how the first of them begins.
    """
    best = max(_blocks(sources), key=lambda block: _richness(block, terms), default="")
    words = text.plain(best)
    start = _densest(words, terms)
    end = min(len(words), start + LENGTH)
    if end < len(words):
        end = max(words.rfind(" ", start + LENGTH // 2, end), start + LENGTH // 2)
    before = "… " if start else ""
    after = " …" if end < len(words) else ""
    return before + mark(words[start:end], terms) + after


def missing(sources: Sequence[str], terms: Collection[str]) -> set[str]:
    """Those of `terms` that none of the texts has."""
    has = {token.term for source in sources for token in tokens(source[:_LOOKED_THROUGH])}
    return set(terms) - has


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


def _richness(words: str, terms: Collection[str]) -> int:
    return len({token.term for token in tokens(words)} & set(terms))


def _densest(words: str, terms: Collection[str]) -> int:
    """Where to begin so that LENGTH signs hold the most different terms."""
    hits = [token for token in tokens(words) if token.term in terms]
    if not hits or len(words) <= LENGTH:
        return 0
    reach = LENGTH - _BEFORE

    def richness(index: int) -> int:
        start = hits[index].start
        return len({one.term for one in hits[index : index + 40] if one.end <= start + reach})

    first = hits[max(range(len(hits)), key=richness)].start
    if first <= _BEFORE:
        return 0
    return words.rfind(" ", 0, first - _BEFORE // 2) + 1
