"""The form in which the index keeps an idea."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cocreate.search import analysis
from cocreate.search.mended import analysis as whoosh_analysis
from cocreate.search.mended import fields, filestore, scoring

# How much a word weighs where it stands.
WEIGHTS = {"title": 6.0, "need": 3.0, "proposal": 2.0, "tags": 1.5, "comments": 1.0}
WEIGHTING = scoring.BM25F(title_B=0.4, tags_B=0.4)

# Changing SCHEMA makes an older index useless: say so by another number here.
VERSION = f"{analysis.VERSION}.1"


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


def _words(**more: Any) -> fields.TEXT:
    # Texts come as their terms already, so that no analysis of ours is kept in the files.
    return fields.TEXT(analyzer=whoosh_analysis.SpaceSeparatedTokenizer(), **more)


SCHEMA = fields.Schema(
    id=fields.ID(unique=True, stored=True, sortable=True),
    digest=fields.STORED(),
    title=_words(phrase=False),
    need=_words(phrase=False),
    proposal=_words(phrase=False),
    tags=_words(phrase=False),
    comments=_words(phrase=True),
    # (number of the comment's first word, its id) for each comment.
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
    texts = {
        "title": document.title,
        "need": document.need,
        "proposal": document.proposal,
        "tags": " ".join(name for _, name in document.tags),
    }
    return {
        **{name: " ".join(analysis.terms(words)) for name, words in texts.items()},
        "id": key(document.id),
        "digest": document.digest,
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
