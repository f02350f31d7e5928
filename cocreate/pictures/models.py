"""Pictures and their files."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy import text as sqltext
from sqlalchemy.orm import Mapped, mapped_column

from cocreate.database import Base

ALT_LENGTH = 300
DIGEST_LENGTH = 24


class Picture(Base):
    """A picture of an idea, a comment or an answer; pending until the form with it is taken.

    `idea_id` is set for all but pending ones: a comment's or an answer's picture
    knows the idea it belongs to as well.
    """

    __tablename__ = "pictures"
    __table_args__ = (
        Index("ix_pictures_idea", "idea_id", "id"),
        Index("ix_pictures_comment", "comment_id"),
        Index("ix_pictures_answer", "answer_id"),
        Index(
            "ix_pictures_pending",
            "created_at",
            sqlite_where=sqltext("idea_id IS NULL"),
            postgresql_where=sqltext("idea_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Who sent it.
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("ideas.id", ondelete="CASCADE"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id", ondelete="CASCADE"))
    # What it shows, for those who do not see it; empty where it only decorates.
    alt: Mapped[str] = mapped_column(String(ALT_LENGTH), default="")
    is_decorative: Mapped[bool] = mapped_column(default=False)
    # Of the large file, in pixels, and the width of the small one; the same where one is enough.
    width: Mapped[int]
    height: Mapped[int]
    small_width: Mapped[int]
    # Of what the files hold; part of their addresses.
    digest: Mapped[str] = mapped_column(String(DIGEST_LENGTH))
    created_at: Mapped[datetime]

    @property
    def is_pending(self) -> bool:
        return self.idea_id is None

    @property
    def is_described(self) -> bool:
        """Whether somebody who does not see it is told what it shows, or that this is nothing."""
        return self.is_decorative or bool(self.alt)

    @property
    def large(self) -> str:
        """The address of the large file."""
        return self._address(self.width)

    @property
    def small(self) -> str:
        """The address of the small file."""
        return self._address(self.small_width)

    @property
    def small_height(self) -> int:
        return max(1, round(self.height * self.small_width / self.width))

    @property
    def srcset(self) -> str:
        """Both files with their widths, for a browser to choose from."""
        sizes = {self.small_width: self.small, self.width: self.large}
        return ", ".join(f"{address} {width}w" for width, address in sizes.items())

    def _address(self, width: int) -> str:
        return f"/pictures/{self.id}/{self.digest}-{width}.webp"


class PictureFile(Base):
    """The bytes of a picture in one width, WebP; read only to be sent."""

    __tablename__ = "picture_files"

    picture_id: Mapped[int] = mapped_column(
        ForeignKey("pictures.id", ondelete="CASCADE"), primary_key=True
    )
    width: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
