"""What search keeps in the database."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
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
