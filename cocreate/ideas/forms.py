"""What the form of an idea must look like."""

from collections.abc import Callable
from typing import Any

from flask import request
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from cocreate import text
from cocreate.i18n import LANGUAGES, gettext
from cocreate.i18n import lazy_gettext as _
from cocreate.ideas import queries
from cocreate.ideas.actions import REASON_LENGTH
from cocreate.ideas.drafts import new_key
from cocreate.ideas.models import (
    MOST_TAGS,
    NEED_LENGTH,
    PROPOSAL_LENGTH,
    TITLE_LENGTH,
    Area,
    Idea,
)
from cocreate.ideas.tags import merged
from cocreate.pictures.actions import MOST_IDEA
from cocreate.pictures.forms import PicturesForm
from cocreate.web import Form, choices, language


def _words(value: str | None) -> str:
    return text.clean(value or "")


def _line(value: str | None) -> str:
    return text.one_line(value or "")


def _within(most: int) -> Length:
    return Length(max=most, message=_("Shorten this to %(most)s characters or fewer.", most=most))


def _far_within(most: int) -> Callable[[Any, Any], None]:
    """The same for a limit that hardly anybody meets: the page does not speak of it."""
    length = _within(most)
    return lambda form, field: length(form, field)


def _tags(field: StringField) -> list[str]:
    # One more than anybody's keyboard is patient enough for, and it is refused.
    return (field.data or "").split(",", 100)


def _areas_for(idea: Idea | None) -> list[Area]:
    """Those that take new ideas, and the one that `idea` is in already."""
    return [
        area
        for area in queries.areas()
        if not area.closed_at or (idea is not None and area.id == idea.area_id)
    ]


class IdeaForm(PicturesForm):
    """Title, need, proposal, area, tags, language and pictures, with what the form began from."""

    most_pictures = MOST_IDEA

    title = StringField(
        _("Title"),
        [DataRequired(_("Give the idea a title.")), _within(TITLE_LENGTH)],
        filters=[_line],
        description=_("One sentence that says what you would like."),
    )
    need = TextAreaField(
        _("What is missing or hurts?"),
        [DataRequired(_("Say what is missing or what hurts.")), _far_within(NEED_LENGTH)],
        filters=[_words],
        description=_("What happened to you, and when? One true story helps most."),
    )
    proposal = TextAreaField(
        _("What should we do about it?"),
        [DataRequired(_("Say what should be done about it.")), _far_within(PROPOSAL_LENGTH)],
        filters=[_words],
        description=_("You can use Markdown: **bold**, *italic*, lists and links."),
    )
    # Choices come with the form; whether one may be taken is for the verbs to say.
    area = SelectField(
        _("Area"), [DataRequired(_("Choose the area it belongs to."))], validate_choice=False
    )
    tags = StringField(
        _("Tags"),
        filters=[_line],
        description=_("Up to %(most)s, with commas between them.", most=MOST_TAGS),
    )
    language = SelectField(
        _("Language you write in"), choices=choices(LANGUAGES.items()), validate_choice=False
    )
    # Whatever is sent with this key is one and the same idea.
    key = HiddenField()
    # The draft's version, or the number of the wording, that the form began from.
    seen = HiddenField()
    # The tags that the form of an edit began from: staff may add one meanwhile.
    tags_seen = HiddenField()

    def __init__(self, idea: Idea | None = None, **values: Any) -> None:
        """A form for `idea`, or for a new one with `values`; what was sent goes before both."""
        if idea is not None:
            tags = ", ".join(queries.tags_of(idea.id))
            values = {
                "title": idea.title,
                "need": idea.need,
                "proposal": idea.proposal,
                "tags": tags,
                "tags_seen": tags,
                "language": idea.language,
                "key": idea.form_key,
                **values,
            }
        self._areas = {area.key: area for area in _areas_for(idea)}
        if idea is not None:
            values["area"] = next((a.key for a in self._areas.values() if a.id == idea.area_id), "")
        # Not `request.form or JSON`, as the parent class would have it: a form is a form.
        formdata = request.form if self.is_submitted() else None
        known = {"language": language(), "key": new_key(), "seen": "0", **values}
        super().__init__(formdata, data=known)
        names = [(key, area.name_in(language())) for key, area in self._areas.items()]
        self.area.choices = choices([("", gettext("Choose an area")), *names])

    @property
    def chosen_area(self) -> Area | None:
        """The area chosen; None where none is, or one that takes no new ideas."""
        return self._areas.get(self.area.data or "")

    @property
    def seen_number(self) -> int:
        """What the form began from; 0 where that makes no sense."""
        number = self.seen.data or ""
        return int(number) if number.isdecimal() and number.isascii() and len(number) < 10 else 0

    def catch_up(self, idea: Idea) -> None:
        """Show, before it is sent again, the tags that somebody gave the idea meanwhile."""
        now = queries.tags_of(idea.id)
        if ", ".join(now) != self.tags_seen.data:
            self.tags.data = ", ".join(merged(now, self.seen_tags, _tags(self.tags)))
            self.tags_seen.data = ", ".join(now)

    @property
    def seen_tags(self) -> list[str]:
        """The tags that the form began from."""
        return _tags(self.tags_seen)

    @property
    def written(self) -> dict[str, Any]:
        """The form's content as `actions.submit` and `actions.edit` take it."""
        return {
            "title": self.title.data or "",
            "need": self.need.data or "",
            "proposal": self.proposal.data or "",
            "area": self.chosen_area,
            "tags": _tags(self.tags),
            "language": self.language.data or "",
        }


class WithdrawForm(Form):
    """Why an idea is taken back."""

    reason = TextAreaField(
        _("Why do you take it back?"),
        [_within(REASON_LENGTH)],
        filters=[_words],
        description=_("For the team, so that they know. You may leave it empty."),
    )
