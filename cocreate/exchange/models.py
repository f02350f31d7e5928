"""Where imported ideas and comments came from, and the runs that brought them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from cocreate.database import Base


class Origin(Base):
    """What an imported row became. Found again by its source and its id there."""

    __tablename__ = "origins"
    __table_args__ = (
        Index("ix_origins_idea", "idea_id"),
        Index("ix_origins_comment", "comment_id"),
        Index("ix_origins_member", "member_id"),
    )

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
    """Files that an admin brought, and how far their import got.

    The files lie in the data folder under the run's id until they are in.
    """

    __tablename__ = "import_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    # The names people know the files by, one on each line.
    files: Mapped[str] = mapped_column(Text)
    is_dry: Mapped[bool] = mapped_column(default=False)
    # What the admin chose: {"source": "", "language": "cs", "columns": {"1": {field: column}}},
    # columns by the file's place where it is of no known shape.
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Empty until asked for; then {"size": 0, "done": 0, "idea added": 8, "refused": 1, ...}.
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @property
    def names(self) -> list[str]:
        """What people call the files, in their order."""
        return self.files.split("\n") if self.files else []

    @property
    def is_asked(self) -> bool:
        """Whether somebody asked for it to be done and it is not finished."""
        return bool(self.counts) and self.finished_at is None
