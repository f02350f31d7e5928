"""The words of the ideas, as PostgreSQL's own text search finds them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column("idea_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=24), nullable=False),
        sa.Column("published", sa.Date(), nullable=False),
        sa.Column("length", sa.Float(), nullable=False),
        sa.Column("starts", sa.JSON(), nullable=False),
        sa.Column(
            "vector", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False
        ),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_search_documents")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Ids and days are read of very many ideas and vectors of few, so these lie apart, and
        # as they are: to take one apart costs more than to read it.
        op.execute("ALTER TABLE search_documents ALTER COLUMN vector SET STORAGE EXTERNAL")
        op.execute("ALTER TABLE search_documents SET (toast_tuple_target = 128)")
    # Without a list of what is pending, which every question would have to read through.
    op.create_index(
        "ix_search_documents_vector",
        "search_documents",
        ["vector"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )


def downgrade() -> None:
    op.drop_table("search_documents")
