"""Where imported ideas and comments came from, and the runs that brought them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cocreate.database import Base


class Origin(Base):
    """What an imported row became. Found again by its source and its id there."""

    __tablename__ = "origins"
    __table_args__ = (Index("ix_origins_idea", "idea_id"),)

    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    # "idea", "comment" or "member".
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    # SHA-256 of the row as it was read: the same again changes nothing.
    digest: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime]


class ImportRun(Base):
    """One import asked for on the admin's page, and how far it got."""

    __tablename__ = "import_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    # The names people know the files by; the files lie in the data folder under the id.
    files: Mapped[str] = mapped_column(Text)
    is_dry: Mapped[bool] = mapped_column(default=False)
    # {field: column} where the files are in no known shape.
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # {"read": 10, "added": 8, "updated": 1, "unchanged": 0, "refused": 1}
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
