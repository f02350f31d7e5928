"""The part of a form that takes pictures, without any script.

A picture that was sent is kept at once, as pending, whatever becomes of the rest of
the form; from then on the form carries its id in the names of its fields. The fields
are `picture`, `picture_alt` and `picture_decorative` for a new one (with -2, -3 for
further ones), and `alt-<id>`, `decorative-<id>` and `remove-<id>` for a known one.
"""

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Field, FileField, StringField
from wtforms.form import BaseForm
from wtforms.validators import Length

from cocreate import text, web
from cocreate.accounts.models import Member
from cocreate.errors import Refusal
from cocreate.extensions import db
from cocreate.i18n import gettext as _
from cocreate.pictures import actions, queries
from cocreate.pictures.actions import Said, Wish
from cocreate.pictures.models import ALT_LENGTH, Picture
from cocreate.pictures.queries import Place
from cocreate.pictures.remade import LARGEST_FILE, MEGABYTES, remake

# More than any form of ours carries.
MOST_CARRIED = 12
_CARRIES = re.compile(r"(alt|decorative|remove)-([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Slot:
    """The place for one more picture."""

    file: Field
    alt: Field
    decorative: Field

    @property
    def is_used(self) -> bool:
        """Whether something stands in it that must not be out of sight."""
        return bool(self.file.errors or self.alt.errors or self.alt.data)


@dataclass(frozen=True)
class Carried:
    """A picture that the form has, with the fields that are about it."""

    picture: Picture
    alt: Field
    decorative: Field
    remove: Field

    @property
    def is_described(self) -> bool:
        return bool(self.decorative.data or self.alt.data)


class PicturesForm(web.Form):
    """A form with pictures; the view says which by `recall` or `receive`.

    A form that is merely shown empty needs neither.
    """

    most_pictures: ClassVar[int] = 1
    # What the ids of its fields begin with, where another such form stands on the same page.
    ids_begin: ClassVar[str] = ""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        is_empty = "formdata" in values and values["formdata"] is None
        self._sent = request.form if self.is_submitted() and not is_empty else None
        self._is_recalled = False
        self.carried: list[Carried] = []
        self.slots = [self._slot(number) for number in range(1, self.most_pictures + 1)]

    def receive(self, actor: Member, place: Place | None = None) -> None:
        """Keep the pictures that were sent with the form, and recall the others.

        It ends the transaction: nobody waits for the database while a picture is made.
        """
        new = []
        for slot, file in self._files():
            try:
                new.append(self._keep(actor, slot, file))
            except Refusal as refusal:
                db.session.rollback()
                _refuse(slot, str(refusal))
        self.recall(actor, place, new)

    def recall(
        self, actor: Member, place: Place | None = None, new: list[int] | None = None
    ) -> None:
        """Show the pictures of `place`, and the pending ones that the form was sent with."""
        ids = [int(number) for what, number in self._names() if what == "alt"][:MOST_CARRIED]
        wanted = [*ids, *(new or [])]
        found = queries.of_form(actor.id, wanted, place) if place or wanted else []
        self.carried = [self._carry(one, number) for number, one in enumerate(found, start=1)]
        self._is_recalled = True
        if not {one.id for one in found} >= set(ids):
            _refuse(
                self.slots[0], _("A picture of this form is not kept any more. Choose it again.")
            )

    def let_go(self) -> None:
        """Say that a picture which was sent could not be kept this time."""
        for slot, _file in self._files():
            _refuse(slot, _("The picture could not be kept this time. Choose it again."))

    def keep_all(self) -> None:
        """Remove none of them, whatever is ticked: the page still shows them."""
        for one in self.carried:
            one.remove.data = False

    @property
    def refused_pictures(self) -> list[str]:
        """Why files that were sent are not among the pictures."""
        return [str(words) for slot in self.slots for words in slot.file.process_errors]

    @property
    def wish(self) -> Wish:
        """What the form wants, as the verbs take it."""
        removed = frozenset(one.picture.id for one in self.carried if one.remove.data)
        kept = {
            one.picture.id: Said(one.alt.data or "", bool(one.decorative.data))
            for one in self.carried
            if one.picture.id not in removed
        }
        return Wish(kept, removed)

    @property
    def free_slots(self) -> list[Slot]:
        """Places for further pictures; one at least, for what takes the place of another."""
        number = max(1, self.most_pictures - len(self.wish.kept))
        return [one for place, one in enumerate(self.slots) if place < number or one.is_used]

    @property
    def unknown(self) -> list[tuple[str, str]]:
        """What it was sent with about pictures, as long as nobody knows whose they are."""
        if self._is_recalled or self._sent is None:
            return []
        return [(name, self._sent[name]) for name in self._sent if _CARRIES.fullmatch(name)]

    def validate(self, extra_validators: Any = None) -> bool:
        """As every form, and each picture says what it shows."""
        is_fine = super().validate(extra_validators)
        for one in self.carried:
            if not (one.remove.data or one.is_described):
                one.alt.errors = [*one.alt.errors, actions.not_described()]
                is_fine = False
        return is_fine

    def _files(self) -> list[tuple[Slot, FileStorage]]:
        """The files that were sent, with the slots that they were chosen in."""
        if self._sent is None:
            return []
        files = [(slot, request.files.get(slot.file.name)) for slot in self.slots]
        return [(slot, file) for slot, file in files if file is not None and file.filename]

    def _keep(self, actor: Member, slot: Slot, file: FileStorage) -> int:
        actions.require_allowed(actor)
        db.session.rollback()
        files = remake(file.stream.read(LARGEST_FILE + 1))
        picture = actions.keep(actor, files, Said(slot.alt.data or "", bool(slot.decorative.data)))
        db.session.commit()
        # What was typed belongs to this picture now, and the place is free for the next one.
        slot.alt.data, slot.decorative.data = "", False
        return picture.id

    def _names(self) -> list[tuple[str, str]]:
        """What the names of the fields say of known pictures: ("alt", "12")."""
        matches = (_CARRIES.fullmatch(name) for name in self._sent or ())
        return [(match[1], match[2]) for match in matches if match]

    def _add(self, name: str, field: Any, known: Any = None, *, is_sent: bool = True) -> Any:
        """One more field of this form, with what was sent for it or else what is `known`."""
        # A class of forms has its fields fixed; how many there are here depends on the form.
        BaseForm.__setitem__(self, name, field)
        self[name].process(self._sent if is_sent else None, known)
        if isinstance(self[name], StringField):
            # Pages call everything else optional, and this is not, even if a box may stand in.
            self[name].flags.required = True
        return self[name]

    def _slot(self, number: int) -> Slot:
        end = "" if number == 1 else f"-{number}"
        before = self.ids_begin
        says = _(
            "JPEG, PNG, WebP or GIF, at most %(most)s MB. Where and when it was taken, and"
            " whatever else is hidden in the file, is removed.",
            most=MEGABYTES,
        )
        alt_says = _("A few words, read aloud to whoever cannot see it.")
        label = _("Picture") if number == 1 else _("Picture %(number)s", number=number)
        return Slot(
            self._add(
                f"picture{end}", FileField(label, id=f"{before}picture{end}", description=says)
            ),
            self._add(
                f"picture_alt{end}",
                _alt(_("What does it show?"), f"{before}picture_alt{end}", alt_says),
            ),
            self._add(
                f"picture_decorative{end}",
                BooleanField(_decorates(), id=f"{before}picture_decorative{end}"),
            ),
        )

    def _carry(self, picture: Picture, number: int) -> Carried:
        is_sent = ("alt", str(picture.id)) in self._names()

        def add(what: str, make: Any, known: Any) -> Any:
            name = f"{what}-{picture.id}"
            return self._add(name, make(f"{self.ids_begin}{name}"), known, is_sent=is_sent)

        shows = _("What does picture %(number)s show?", number=number)
        remove = _("Remove picture %(number)s", number=number)
        return Carried(
            picture,
            add("alt", lambda its_id: _alt(shows, its_id), picture.alt),
            add(
                "decorative",
                lambda its_id: BooleanField(_decorates(), id=its_id),
                picture.is_decorative,
            ),
            add("remove", lambda its_id: BooleanField(remove, id=its_id), False),
        )


def _alt(label: str, its_id: str, description: str = "") -> Any:
    words = _("Shorten this to %(most)s characters or fewer.", most=ALT_LENGTH)
    return StringField(
        label,
        [Length(max=ALT_LENGTH, message=words)],
        filters=[lambda value: text.one_line(value or "")],
        id=its_id,
        description=description,
    )


def _decorates() -> str:
    return _("It only decorates and says nothing that the words do not say")


def _refuse(slot: Slot, words: str) -> None:
    # Errors of processing stay when the form is checked.
    slot.file.process_errors = [*slot.file.process_errors, words]
    slot.file.errors = list(slot.file.process_errors)
