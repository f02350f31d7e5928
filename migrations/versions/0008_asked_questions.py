"""What was looked for, counted without persons; synonyms, and questions that lead to a place."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# One example in each language, for the staff to keep or to remove.
_EXAMPLES = (("cs", "aplikace", "software"), ("en", "app", "software"))


def upgrade() -> None:
    synonyms = op.create_table(
        "search_synonyms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=False),
        sa.Column("means", sa.String(length=80), nullable=False),
        sa.Column("words_key", sa.String(length=80), nullable=False),
        sa.Column("means_key", sa.String(length=80), nullable=False),
        sa.Column("is_both_ways", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_synonyms")),
        sa.UniqueConstraint(
            "language",
            "words_key",
            "means_key",
            name=op.f("uq_search_synonyms_language_words_key_means_key"),
        ),
    )
    op.create_table(
        "search_redirects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=False),
        sa.Column("idea_id", sa.Integer(), nullable=True),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["ideas.id"], name=op.f("fk_search_redirects_idea_id_ideas")
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tags.id"], name=op.f("fk_search_redirects_tag_id_tags")
        ),
        sa.ForeignKeyConstraint(
            ["area_id"], ["areas.id"], name=op.f("fk_search_redirects_area_id_areas")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_redirects")),
        sa.UniqueConstraint("key", name=op.f("uq_search_redirects_key")),
    )
    op.create_table(
        "search_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=False),
        sa.Column("marks", sa.LargeBinary(length=4), nullable=False),
        sa.Column("is_popular", sa.Boolean(), nullable=False),
        sa.Column("shown_as", sa.String(length=80), nullable=False),
        sa.Column("screened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_questions")),
        sa.UniqueConstraint("key", name=op.f("uq_search_questions_key")),
    )
    op.create_table(
        "search_weeks",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("in_vain", sa.Integer(), nullable=False),
        sa.Column("clicked", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["search_questions.id"],
            name=op.f("fk_search_weeks_question_id_search_questions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("question_id", "week", name=op.f("pk_search_weeks")),
    )
    op.create_index(op.f("ix_search_weeks_week"), "search_weeks", ["week"])
    op.create_table(
        "search_keys",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("body", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_search_keys")),
    )
    op.bulk_insert(
        synonyms,
        [
            {
                "language": language,
                "words": words,
                "means": means,
                "words_key": words,
                "means_key": means,
                "is_both_ways": True,
                "added_at": datetime.now(UTC),
            }
            for language, words, means in _EXAMPLES
        ],
    )


def downgrade() -> None:
    op.drop_table("search_keys")
    op.drop_table("search_weeks")
    op.drop_table("search_questions")
    op.drop_table("search_redirects")
    op.drop_table("search_synonyms")
