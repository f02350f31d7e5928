"""Two hundred files that nobody should send as a picture, the same ones each time.

Wherever a file hides something, it hides MARK: no picture that was made anew may hold it.
"""

import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, PngImagePlugin

MARK = b"HIDDEN-PLACE"
NUMBER = 200
_SEED = 20

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert('" + MARK + b"')</script>"
PDF = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(" + MARK + b")>>>>endobj\n%%EOF"


@dataclass(frozen=True)
class Upload:
    """A file as it is sent. `fate`: "taken", "refused", or "" where either is right."""

    what: str
    content: bytes
    fate: str = ""
    name: str = "picture.jpg"
    type: str = "image/jpeg"


def photo(width: int = 160, height: int = 120) -> Image.Image:
    """A picture with something to see in every corner."""
    wide = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (wide, wide.transpose(Image.Transpose.ROTATE_180), wide))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


PLAIN = {kind: encoded(photo(), kind) for kind in ("JPEG", "PNG", "GIF", "WEBP")}


def uploads() -> list[Upload]:
    """All of them."""
    found = [
        *_bombs(),
        *_polyglots(),
        *_other_formats(),
        *_animated(),
        *_names_and_types(),
        *_with_metadata(),
    ]
    chance = random.Random(_SEED)
    while len(found) < NUMBER:
        kind, plain = chance.choice(sorted(PLAIN.items()))
        if chance.random() < 0.4:
            cut = chance.randrange(1, len(plain) - 1)
            # Without its last bytes it may still hold the whole picture.
            fate = "refused" if cut < len(plain) // 2 else ""
            found.append(Upload(f"{kind} cut at {cut}", plain[:cut], fate))
        else:
            bent = bytearray(plain)
            for _turn in range(chance.choice((1, 1, 3, 20, 200))):
                bent[chance.randrange(len(bent))] ^= 1 << chance.randrange(8)
            found.append(Upload(f"{kind} with bent bytes", bytes(bent)))
    return found


# --- more pixels, text or frames than anybody has room for ------------------------------------


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )


def png(width: int, height: int, pixels: bytes, *, depth: int = 8, colour: int = 0) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def zeros(number: int) -> bytes:
    """So many zeros, packed; they are never all in memory."""
    packer, block = zlib.compressobj(9), bytes(1 << 20)
    parts = [packer.compress(block) for _turn in range(number >> 20)]
    return b"".join([*parts, packer.compress(bytes(number % (1 << 20))), packer.flush()])


def _resized(data: bytes, at: int, form: str, *values: int) -> bytes:
    return data[:at] + struct.pack(form, *values) + data[at + struct.calcsize(form) :]


def _bombs() -> Iterator[Upload]:
    def bomb(what: str, content: bytes, fate: str = "refused") -> Upload:
        return Upload(what, content, fate)

    for width, height in (
        (100_000, 100_000),
        (2**31 - 1, 2**31 - 1),
        (65_535, 65_535),
        (21_000, 1_000),
    ):
        yield bomb(f"PNG of {width} x {height}", png(width, height, zeros(1000)))
    yield bomb("PNG of no size", png(0, 0, zeros(10)))
    yield bomb(
        "PNG of 144 megapixels in few bytes", png(12_000, 12_000, zeros(12_000 * 1501), depth=1)
    )
    yield bomb("PNG that unpacks to ten times its pixels", png(100, 100, zeros(200 << 20)), "")
    yield bomb("PNG at the limit", png(5_000, 3_990, zeros(3_990 * 20_001), colour=6), "taken")
    plain = PLAIN["PNG"]
    for name, content in (
        (b"zTXt", b"Comment\0\0" + zeros(64 << 20)),
        (b"iTXt", b"Comment\0\1\0\0\0" + zeros(64 << 20)),
        (b"iCCP", b"profile\0\0" + zeros(100 << 20)),
    ):
        yield bomb(
            f"PNG with a bomb in {name.decode()}",
            plain[:33] + chunk(name, content) + plain[33:],
            "",
        )

    jpeg = PLAIN["JPEG"]
    start = jpeg.index(b"\xff\xc0") + 5
    for height, width in ((65_500, 65_500), (65_535, 1), (0, 0), (30_000, 30_000)):
        yield bomb(
            f"JPEG that says {width} x {height}", _resized(jpeg, start, ">HH", height, width)
        )
    for width, height, progressive, fate in (
        (12_000, 12_000, False, "refused"),
        (10_000, 11_900, False, "taken"),
        (6_000, 6_000, True, "refused"),
        (4_800, 4_990, True, "taken"),
    ):
        content = encoded(Image.new("L", (width, height), 99), "JPEG", progressive=progressive)
        yield bomb(f"JPEG of {width} x {height}, progressive: {progressive}", content, fate)

    gif = PLAIN["GIF"]
    yield bomb("GIF that says 65535 x 65535", _resized(gif, 6, "<HH", 65_535, 65_535))
    yield bomb("GIF at the limit", encoded(Image.new("L", (4_400, 4_500)), "GIF"), "taken")
    yield bomb("GIF of ten thousand frames", _frames(gif, 10_000), "taken")

    yield bomb("WebP at the limit", encoded(photo(3_870, 3_870), "WEBP", method=0), "taken")
    lossless = encoded(photo(), "WEBP", lossless=True)
    at = lossless.index(b"VP8L") + 9
    (bits,) = struct.unpack_from("<I", lossless, at)
    huge = (bits & ~0xFFFFFFF) | 16_382 | 16_382 << 14
    yield bomb("WebP that says 16383 x 16383", _resized(lossless, at, "<I", huge))
    extended = encoded(photo(), "WEBP", exif=b"Exif\0\0" + MARK)
    at = extended.index(b"VP8X") + 12
    yield bomb("WebP on a huge canvas", extended[:at] + b"\xff" * 6 + extended[at + 6 :])
    yield bomb("more bytes than we take", jpeg + bytes(11 << 20))
    yield bomb("as many bytes as we take, of no picture", b"\xff\xd8\xff" + bytes(9 << 20))


def _frames(gif: bytes, number: int) -> bytes:
    head = gif[: gif.index(b",")]
    return head + gif[len(head) : -1] + gif[len(head) : -1][:10] * 0 + _tiny_frame() * number + b";"


def _tiny_frame() -> bytes:
    return b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"


# --- two kinds of file at once ----------------------------------------------------------------


def _zip() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", HTML)
    return file.getvalue()


def _polyglots() -> Iterator[Upload]:
    others = {"HTML": HTML, "ZIP": _zip(), "PDF": PDF, "script": b"*/alert('" + MARK + b"')//"}
    for kind, plain in PLAIN.items():
        for other, content in others.items():
            yield Upload(f"{kind} and then {other}", plain + content, "taken")
    for other, content in others.items():
        comment = b"\xff\xfe" + struct.pack(">H", len(content) + 2) + content
        yield Upload(
            f"JPEG with {other} in its comment",
            PLAIN["JPEG"][:2] + comment + PLAIN["JPEG"][2:],
            "taken",
            name=f"picture.{other.lower()}",
        )
        yield Upload(
            f"PNG with {other} in a chunk",
            PLAIN["PNG"][:33] + chunk(b"tEXt", b"Comment\0" + content) + PLAIN["PNG"][33:],
            "taken",
        )
        yield Upload(f"{other} and then JPEG", content + PLAIN["JPEG"], "refused")
    for words in (b"GIF89a/*", b"GIF89a=1;alert(1)//", b"GIF87a<script>alert(1)</script>"):
        yield Upload(f"script that begins with {words[:6]!r}", words + HTML, "refused", "p.gif")
    yield Upload("RIFF with HTML", b"RIFF\x40\0\0\0WEBP" + HTML, "refused", "p.webp")
    yield Upload("JPEG head with PHP", b"\xff\xd8\xff\xe0<?php system('id'); ?>", "refused")


# --- what is no picture, or none that we take -------------------------------------------------


def _other_formats() -> Iterator[Upload]:
    for what, content in {
        "nothing at all": b"",
        "one byte": b"\xff",
        "SVG": SVG,
        "SVG behind spaces": b"\xef\xbb\xbf \n" + SVG,
        "XML that reads files": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
        + SVG,
        "HTML": HTML,
        "PDF": PDF,
        "ZIP": _zip(),
        "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0" + bytes(200),
        "AVIF": encoded(photo(), "AVIF"),
        "a program": b"\x7fELF" + bytes(500),
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n",
        "noise": random.Random(_SEED).randbytes(5_000),
        "words": b"This is no picture.",
    }.items():
        yield Upload(what, content, "refused", name="drawing.svg")
    for kind in ("BMP", "TIFF", "ICO", "TGA", "PPM", "PCX", "JPEG2000"):
        yield Upload(kind, encoded(photo(), kind), "refused")


def _animated() -> Iterator[Upload]:
    more = [photo().transpose(Image.Transpose.FLIP_TOP_BOTTOM)] * 20
    for kind in ("GIF", "WEBP", "PNG"):
        content = encoded(photo(), kind, save_all=True, append_images=more, duration=40)
        yield Upload(f"{kind} that moves", content, "taken")
    yield Upload(
        "JPEG with more pictures",
        encoded(photo(), "MPO", save_all=True, append_images=more),
        "taken",
    )


def _names_and_types() -> Iterator[Upload]:
    for name in (
        "../../../etc/passwd",
        "C:\\Windows\\x.exe",
        "a\0b.png",
        "x" * 3_000 + ".jpg",
        "line\r\nSet-Cookie: a=b.png",
        '"><script>alert(1)</script>.gif',
        "\u202egpj.exe",
        "..",
        ".htaccess",
        "picture.php.jpg",
    ):
        # With these the test's own client writes a form that ends in the middle of the name.
        fate = "" if {*name} & {*'"\r\n'} else "taken"
        yield Upload(f"a file called {name[:20]!r}", PLAIN["PNG"], fate, name)
    for type_ in ("text/html", "image/svg+xml", "application/x-msdownload", "", "no type at all"):
        yield Upload(f"PNG as {type_!r}", PLAIN["PNG"], "taken", "page.html", type_)


# --- what cameras and programs write beside the pixels ----------------------------------------


def _with_metadata() -> Iterator[Upload]:
    exif = Image.Exif()
    exif[0x010F] = MARK.decode()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (50.0, 5.0, 11.0)
    exif.get_ifd(0x9286)
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + MARK + b"</x:xmpmeta>"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + MARK
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", MARK.decode() * 50, zip=False)
    text.add_itxt("XML:com.adobe.xmp", xmp.decode())
    beside: dict[str, Any] = {"exif": exif, "icc_profile": profile}
    for mode in ("RGB", "L", "CMYK"):
        content = encoded(
            photo().convert(mode), "JPEG", **beside, xmp=xmp, comment=MARK, dpi=(300, 300)
        )
        yield Upload(f"JPEG in {mode} with everything beside it", content, "taken")
    for mode in ("RGB", "RGBA", "P", "LA", "1", "I;16"):
        content = encoded(
            photo().convert("L" if mode == "I;16" else mode).convert(mode),
            "PNG",
            **beside,
            pnginfo=text,
        )
        yield Upload(f"PNG in {mode} with everything beside it", content, "taken")
    yield Upload(
        "WebP with everything beside it", encoded(photo(), "WEBP", **beside, xmp=xmp), "taken"
    )
    yield Upload("GIF with a comment", encoded(photo(), "GIF", comment=MARK), "taken")
    thumbnail = encoded(photo(40, 30), "JPEG")
    broken = b"Exif\0\0MM\0*\0\0\0\x08" + b"\xff" * 300 + thumbnail + MARK
    yield Upload("JPEG with broken EXIF", encoded(photo(), "JPEG", exif=broken), "taken")
    yield Upload(
        "JPEG with a broken profile", encoded(photo(), "JPEG", icc_profile=MARK * 99), "taken"
    )
