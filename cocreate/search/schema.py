"""The form in which the index keeps an idea."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cocreate.search import analysis
from cocreate.search.mended import analysis as whoosh_analysis
from cocreate.search.mended import fields, filestore, scoring

# How much a word weighs where it stands. The weights of all its places are added up and
# count together, as in BM25F (Robertson, Zaragoza, Taylor 2004): one list of postings a
# word, and a word that stands everywhere does not count five times.
WEIGHTS = {"title": 8.0, "need": 3.0, "proposal": 2.0, "tags": 2.0, "comments": 1.0}
WEIGHTING = scoring.BM25F(B=0.4, K1=3.0)

# Changing SCHEMA makes an older index useless: say so by another number here.
VERSION = f"{analysis.VERSION}.2"


@dataclass(frozen=True)
class Document:
    """The public words of a public idea, and what lists are narrowed by."""

    id: int
    title: str
    need: str
    proposal: str
    language: str
    stage: str
    area_id: int | None
    # (id, name) and (id, body), in the order of their ids.
    tags: tuple[tuple[int, str], ...] = ()
    comments: tuple[tuple[int, str], ...] = ()

    @property
    def digest(self) -> str:
        """A short word that differs when anything that can be found differs."""
        everything = repr((analysis.VERSION, self)).encode(errors="replace")
        return hashlib.blake2b(everything, digest_size=12).hexdigest()


def _terms(*filters: Any, phrase: bool) -> fields.TEXT:
    # Texts come as their terms already, so that no analysis of ours is kept in the files.
    analyzer = whoosh_analysis.SpaceSeparatedTokenizer()
    for one in filters:
        analyzer |= one
    return fields.TEXT(analyzer=analyzer, phrase=phrase)


SCHEMA = fields.Schema(
    id=fields.ID(unique=True, stored=True, sortable=True),
    digest=fields.STORED(),
    # Each term of the whole document once, with its weight: "kelimk^11".
    terms=_terms(whoosh_analysis.DelimitedAttributeFilter("^", "boost", 1.0, float), phrase=False),
    # What was said, with the places of the terms, and (place of its first term, id of the
    # comment) for each comment.
    comments=_terms(phrase=True),
    starts=fields.STORED(),
    area=fields.ID(),
    stage=fields.ID(),
    language=fields.ID(),
    tag=fields.KEYWORD(),
)


def key(idea_id: int) -> str:
    """An id as the index keeps it: as text in the order of numbers."""
    return f"{idea_id:010d}"


def fields_of(document: Document) -> dict[str, Any]:
    """The document as SCHEMA takes it."""
    said: list[str] = []
    starts = []
    for comment_id, body in document.comments:
        if words := analysis.terms(body):
            starts.append((len(said), comment_id))
            said += words
    places = {
        "title": analysis.terms(document.title),
        "need": analysis.terms(document.need),
        "proposal": analysis.terms(document.proposal),
        "tags": [term for _, name in document.tags for term in analysis.terms(name)],
        "comments": said,
    }
    weights: dict[str, float] = {}
    for place, words in places.items():
        for term in words:
            weights[term] = weights.get(term, 0) + WEIGHTS[place]
    return {
        "id": key(document.id),
        "digest": document.digest,
        "terms": " ".join(f"{term}^{weight:g}" for term, weight in weights.items()),
        "comments": " ".join(said),
        "starts": starts,
        "area": str(document.area_id or 0),
        "stage": document.stage,
        "language": document.language,
        "tag": " ".join(str(tag_id) for tag_id, _ in document.tags),
    }


def create(path: Path) -> None:
    """Make an empty index in the folder `path`."""
    filestore.FileStorage(str(path)).create_index(SCHEMA)


def opened(path: Path) -> Any:
    """Whoosh's index in `path`. Raises whatever a missing or broken file leads to."""
    return filestore.FileStorage(str(path)).open_index(schema=SCHEMA)
