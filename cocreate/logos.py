"""The portal's logo: taken as a picture, made anew in the sizes that are shown."""

import hashlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps
from sqlalchemy import LargeBinary, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from cocreate.database import Base
from cocreate.errors import Invalid
from cocreate.extensions import db
from cocreate.i18n import lazy_gettext as _

LARGEST_FILE = 1024 * 1024
# Each way, in pixels. One of these held in memory takes 16 MB.
LARGEST_SIDE = 2000
LEAST_SIDE = 32
# A logo is a mark beside a name, not a banner.
WIDEST = 6
# Four times what stands in the header, for the sharpest screens.
_LOGO_HEIGHT = 112
# Square ones: the tab, the home screen of a phone, the manifest.
ICONS = (48, 180, 192, 512)
_KINDS = ("PNG", "JPEG", "WEBP")


class LogoPicture(Base):
    """One size of a logo, as PNG. The key is the same for all sizes of it."""

    __tablename__ = "logo_pictures"

    key: Mapped[str] = mapped_column(String(20), primary_key=True)
    size: Mapped[str] = mapped_column(String(8), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


def keep(file: bytes) -> str:
    """Make the picture in `file` anew and keep its sizes; the key to find them by.

    Nothing but its pixels comes through. Raises Invalid on "picture" for whatever is not
    a PNG, JPEG or WebP of a sensible size.
    """
    picture = _opened(file)
    key = hashlib.sha256(picture.tobytes() + repr(picture.size).encode()).hexdigest()[:20]
    if db.session.get(LogoPicture, (key, "logo")) is None:
        logo = picture.copy()
        logo.thumbnail((WIDEST * _LOGO_HEIGHT, _LOGO_HEIGHT), Image.Resampling.LANCZOS)
        sizes = {"logo": logo, **{str(side): _square(picture, side) for side in ICONS}}
        db.session.add_all(
            LogoPicture(key=key, size=size, body=_png(one)) for size, one in sizes.items()
        )
        db.session.flush()
    return key


def described(key: str) -> dict[str, Any]:
    """What `site` keeps of a logo: key, width and height; {} for the portal's own, "".

    Raises Invalid on "picture" when the logo is not kept any more.
    """
    if not key:
        return {}
    if (kept := body(key, "logo")) is None:
        raise Invalid("picture", _("The logo is gone in the meantime: choose it once more."))
    width, height = Image.open(BytesIO(kept)).size
    return {"key": key, "width": width, "height": height}


def body(key: str, size: str) -> bytes | None:
    """One size as PNG: "logo", or the side of a square icon; None if there is none."""
    kept = db.session.get(LogoPicture, (key, size))
    return kept.body if kept else None


def forget_all_but(key: str) -> None:
    """Let go of every other logo, those tried and not taken among them."""
    db.session.execute(delete(LogoPicture).where(LogoPicture.key != key))


def _opened(file: bytes) -> Image.Image:
    if len(file) > LARGEST_FILE:
        raise Invalid("picture", _("The file is too large: 1 MB at most."))
    if _is_svg(file):
        raise Invalid(
            "picture",
            _("SVG can carry script, so it is not taken. Save the logo as PNG and send that."),
        )
    try:
        picture = Image.open(BytesIO(file), formats=_KINDS)
        _check(*picture.size)
        picture.load()
        # Phones write which way is up beside the picture.
        return ImageOps.exif_transpose(picture).convert("RGBA")
    except Invalid:
        raise
    # Pillow's readers raise whatever they stumble over.
    except Exception as error:
        raise Invalid(
            "picture", _("This is no picture we can read: send a PNG, a JPEG or a WebP.")
        ) from error


def _is_svg(file: bytes) -> bool:
    return b"<svg" in file[:4096].lower()


def _check(width: int, height: int) -> None:
    if max(width, height) > LARGEST_SIDE:
        raise Invalid(
            "picture",
            _("The picture is too large: %(most)s pixels each way at most.", most=LARGEST_SIDE),
        )
    if min(width, height) < LEAST_SIDE:
        raise Invalid(
            "picture",
            _("The picture is too small: %(least)s pixels each way at least.", least=LEAST_SIDE),
        )
    if width > WIDEST * height or height > width * 2:
        raise Invalid(
            "picture",
            _("The logo is too long: at most six times as wide as high, or twice as high as wide."),
        )


def _square(picture: Image.Image, side: int) -> Image.Image:
    """The whole picture in the middle of a clear square."""
    return ImageOps.pad(picture, (side, side), Image.Resampling.LANCZOS, color=(0, 0, 0, 0))


def _png(picture: Image.Image) -> bytes:
    """Only pixels: what else the file carried stays behind."""
    clean = Image.frombytes("RGBA", picture.size, picture.tobytes())
    out = BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()
