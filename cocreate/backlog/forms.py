"""The forms of the product team."""

from typing import Any

from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import Length

from cocreate.backlog.actions import ANSWER_LENGTH, STAGES
from cocreate.i18n import gettext
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas.models import Idea, Stage
from cocreate.labels import label
from cocreate.pictures.actions import MOST_ANSWER
from cocreate.pictures.forms import PicturesForm


def stage_of(value: str | None) -> Stage | None:
    """The stage of that name; None for a word that is none."""
    return Stage(value) if value in list(Stage) else None


class AnswerForm(PicturesForm):
    most_pictures = MOST_ANSWER
    ids_begin = "answer-"
    # Their ids differ from those of the comment's form, which stands on the same page.
    seen = HiddenField(id="answer-seen")
    stage = SelectField(
        _("Stage"),
        id="answer-stage",
        description=_("Another stage than now is a decision, and everyone who took part hears it."),
    )
    body = TextAreaField(
        _("Answer"),
        [Length(max=ANSWER_LENGTH, message=_("Shorten your answer a little."))],
        id="answer-body",
        description=_(
            "Everyone reads it, under your name. Declining needs a reason in your words."
        ),
    )

    def __init__(self, idea: Idea, **values: Any) -> None:
        now = idea.stage.value
        super().__init__(**{"data": {"seen": now, "stage": now}, **values})
        self.offer(idea)

    def offer(self, idea: Idea) -> None:
        """Let the stages to choose from say which one is the idea's now."""
        self.stage.choices = [(one.value, _choice(one, idea)) for one in STAGES]


def _choice(stage: Stage, idea: Idea) -> str:
    name = str(label(stage))
    return gettext("%(stage)s, as it is now", stage=name) if stage == idea.stage else name
