"""What columns, stages, kinds and languages are called elsewhere."""

import re
import unicodedata
from functools import lru_cache

from cocreate.discussion.models import CommentKind
from cocreate.i18n import LANGUAGES
from cocreate.ideas.models import Stage

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_APART = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def key(column: str) -> str:
    """A column's name without regard to case, accents, spacing and signs: `Idea_ID` → `idea id`."""
    bare = unicodedata.normalize("NFKD", _CAMEL.sub(" ", column))
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(_APART.split(bare.casefold())).strip()


STAGES = {
    key(name): stage
    for stage, names in {
        Stage.NEW: "new|submit|submitted|open|active|ideate|ideation|nový|nové|nová|otevřené",
        Stage.CONSIDERING: "considering|under consideration|review|in review|under review|refine"
        "|assess|assessment|estimate|evaluate|evaluation|vote|voting|zvažujeme|v posouzení",
        Stage.PLANNED: "planned|approved|accepted|selected|fund|funded|plánováno|plánujeme"
        "|schváleno",
        Stage.BUILDING: "building|started|in progress|in development|implement|implementing"
        "|develop|pracujeme na tom|v realizaci|rozpracováno",
        Stage.SHIPPED: "shipped|implemented|complete|completed|done|launched|delivered|released"
        "|hotovo|dodáno|realizováno|zavedeno",
        Stage.DECLINED: "declined|rejected|not planned|zamítnuto|odmítnuto|zamítnutý",
        # An archived idea ended without a decision that the file tells of.
        Stage.PARKED: "parked|archive|archived|on hold|closed|odloženo|archiv|archivováno|uzavřeno",
        Stage.MERGED: "merged|sloučeno",
    }.items()
    for name in names.split("|")
}
LANGUAGE_NAMES = {
    **{name.casefold(): code for code, name in LANGUAGES.items()},
    "cs": "cs", "cz": "cs", "cze": "cs", "ces": "cs", "czech": "cs", "česky": "cs",
    "en": "en", "eng": "en", "angličtina": "en", "anglicky": "en",
}  # fmt: skip
KINDS = {
    "addition": CommentKind.ADDITION, "doplneni": CommentKind.ADDITION,
    "question": CommentKind.QUESTION, "otazka": CommentKind.QUESTION,
    "experience": CommentKind.EXPERIENCE, "zkusenost": CommentKind.EXPERIENCE,
    "objection": CommentKind.OBJECTION, "namitka": CommentKind.OBJECTION,
}  # fmt: skip
