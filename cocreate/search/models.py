"""What search keeps in the database."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Float, Index, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from cocreate.database import Base


class SearchModel(Base):
    """Something learned from the portal's own texts, replaced as a whole by the next one.

    `version` says which code and which texts made it; a process that holds another one
    reads it anew.
    """

    __tablename__ = "search_models"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class SearchDocument(Base):
    """What of a public idea can be found, for PostgreSQL's own text search; see vectors.

    `length` is what all its words weigh, `starts` where its comments begin among them.
    With SQLite, where Whoosh searches, the table stays empty.
    """

    __tablename__ = "search_documents"
    __table_args__ = (
        # Without a list of what is pending, which every question would have to read through.
        Index(
            "ix_search_documents_vector",
            "vector",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    idea_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(24))
    published: Mapped[date]
    length: Mapped[float] = mapped_column(Float)
    starts: Mapped[list[Any]] = mapped_column(JSON)
    vector: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
