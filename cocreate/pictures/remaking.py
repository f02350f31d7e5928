"""Makes a picture anew from whatever somebody sent: a program of its own.

It reads a file from its input and writes the same picture as WebP in up to two
sizes to its output, or says why not. Only the pixels come through: no metadata,
no profile, no second frame, nothing before or behind the picture. What it may use
of memory and time is bounded by the operating system, so that a hostile file ends
this program and nothing else. It knows nothing of the portal and is started afresh
for each picture.

The output is one line of JSON, then the files one after the other:

    {"sizes": [[width, height, number of bytes], ...]}     the largest first
    {"refused": "format" | "large" | "damaged"}
"""

import json
import sys
import warnings
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageCms, UnidentifiedImageError
from PIL.Image import Resampling, Transpose

try:
    import resource
except ImportError:  # Windows has no such bounds; pixels are counted there too.
    resource = None  # type: ignore[assignment]

# Bytes of address space, some 150 MB of them the libraries' own: enough for the largest
# pictures that are let in, and less than 300 MB of real memory whatever comes.
MEMORY = 400 * 1024**2
SECONDS = 10  # of computing

# The boxes that the sizes fit into, in pixels: as wide as a page, and as long as a screenshot
# of a telephone. Nothing is enlarged.
LARGE = (1280, 2560)
SMALL = (480, 960)
QUALITY = 80

# Pixels at most, by how many bytes a decoder holds for each of them. JPEG is decoded small,
# unless it comes in several passes: then the decoder holds all of it at once.
MOST_PIXELS = {"JPEG": 120_000_000, "PNG": 20_000_000, "GIF": 20_000_000, "WEBP": 15_000_000}
MOST_PROGRESSIVE = 24_000_000
# What a file of each kind begins with.
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")
_ORIENTATION = 0x0112
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}

Size = tuple[int, int]


class Refused(Exception):
    """Why nothing could be made of it, in one of the words above."""


def remake(data: bytes) -> list[tuple[int, int, bytes]]:
    """(width, height, WebP) of each size, the largest first. Raises Refused."""
    try:
        image = _opened(data)
        large = _shrunk(image, LARGE)
        turn = _TURNS.get(_orientation(image))
        colours = image.info.get("icc_profile")
    except MemoryError as error:
        raise Refused("large") from error
    except Refused:
        raise
    # Whatever a decoder stumbles over, with whatever kind of error, the file is no good.
    except Exception as error:
        raise Refused("damaged") from error
    large = _in_common_colours(large, colours)
    if turn is not None:
        large = large.transpose(turn)
    small = _resized(large, _fitting(large.size, SMALL))
    return [
        (*one.size, _as_webp(one)) for one in ([large, small] if small is not large else [large])
    ]


def _opened(data: bytes) -> Image.Image:
    """The picture with its header read and nothing decoded, if it is one that we take."""
    Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())
    try:
        image = Image.open(BytesIO(data), formats=tuple(MOST_PIXELS))
    except Image.DecompressionBombError as error:
        raise Refused("large") from error
    except UnidentifiedImageError as error:
        raise Refused("damaged" if data.startswith(BEGINNINGS) else "format") from error
    # A JPEG that holds further pictures is called by another name.
    most = MOST_PIXELS.get(image.format or "", MOST_PIXELS["JPEG"])
    if image.info.get("progressive"):
        most = MOST_PROGRESSIVE
    if image.width * image.height > most:
        raise Refused("large")
    return image


def _shrunk(image: Image.Image, box: Size) -> Image.Image:
    """The first frame as RGB, RGBA or CMYK, no larger than `box` once it stands upright."""
    is_jpeg = image.format not in ("PNG", "GIF", "WEBP")
    if is_jpeg:
        is_lying = _orientation(image) >= 5
        size = _fitting(image.size, box[::-1] if is_lying else box)
        image.draft(None, size)
    image.load()
    if not is_jpeg:
        # Only now is all known: the format lets it stand behind the pixels.
        size = _fitting(image.size, box[::-1] if _orientation(image) >= 5 else box)
    return _resized(_with_plain_pixels(image), size)


def _orientation(image: Image.Image) -> int:
    """1 to 8, as a camera says how it was held; 1 where that makes no sense."""
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    # It stands among whatever else a camera or an attacker wrote there.
    except Exception:  # noqa: BLE001
        return 1
    return found if isinstance(found, int) and found in _TURNS else 1


def _with_plain_pixels(image: Image.Image) -> Image.Image:
    if image.mode in ("RGB", "RGBA", "CMYK"):
        if image.mode == "RGB" and image.has_transparency_data:
            return image.convert("RGBA")
        return image
    if image.mode.startswith("I"):
        # 16 bits for each pixel; a plain conversion would cut off all that is brighter.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _in_common_colours(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The same colours as every screen shows them, without the profile that said how."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    plain = image.convert("RGB") if alpha else image
    if profile:
        # One that is broken, or of other colours than the picture, says nothing.
        with suppress(ImageCms.PyCMSError, OSError, TypeError, ValueError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            plain = ImageCms.profileToProfile(plain, source, target, outputMode="RGB") or plain
    plain = plain.convert("RGB")
    if alpha:
        plain.putalpha(alpha)
    return plain


def _fitting(size: Size, box: Size) -> Size:
    """`size` made to fit into `box` with its sides in proportion; never larger than it was."""
    scale = min(1, box[0] / size[0], box[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _resized(image: Image.Image, size: Size) -> Image.Image:
    if image.size == size:
        return image
    return image.resize(size, Resampling.LANCZOS, reducing_gap=2.0)


def _as_webp(image: Image.Image) -> bytes:
    target = BytesIO()
    image.info = {}
    image.save(target, "WEBP", quality=QUALITY, exif=b"", icc_profile=b"", xmp=b"")
    return target.getvalue()


def _bound_this_program() -> None:
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Remake what comes in; see the top of this file."""
    _bound_this_program()
    warnings.simplefilter("ignore")
    files: list[tuple[int, int, bytes]] = []
    try:
        files = remake(sys.stdin.buffer.read())
        said: dict[str, object] = {"sizes": [[w, h, len(file)] for w, h, file in files]}
    except Refused as refusal:
        said = {"refused": str(refusal)}
    except MemoryError:
        said = {"refused": "large"}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
    for _width, _height, file in files:
        sys.stdout.buffer.write(file)


if __name__ == "__main__":
    main()
