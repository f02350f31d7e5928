"""Which ideas a reader has seen already, as a word for an address.

Scores and support move between two pages, so a place in their order would repeat
some ideas and drop others. What was shown does not move: the next page holds the
best of all the rest.
"""

import base64
import binascii
from collections.abc import Collection

from cocreate.database import MAX_ID

# Nobody reads further, and an address has to end somewhere: five characters an idea at most.
MOST = 1000
_LONGEST = MOST * 7


def pack(ids: Collection[int]) -> str:
    """The ids as a word: their distances in order, seven bits a byte, the last one marked."""
    made = bytearray()
    before = 0
    for one in sorted(ids):
        distance = one - before
        before = one
        while distance > 0x7F:
            made.append(distance & 0x7F)
            distance >>= 7
        made.append(distance | 0x80)
    return base64.urlsafe_b64encode(bytes(made)).decode().rstrip("=")


def unpack(word: str) -> set[int]:
    """The ids that `word` stands for; none where it makes no sense: addresses are cut and typed."""
    if len(word) > _LONGEST:
        return set()
    try:
        packed = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return set()
    ids: set[int] = set()
    one = distance = shift = 0
    for byte in packed:
        distance |= (byte & 0x7F) << shift
        shift += 7
        if byte & 0x80:
            one += distance
            if one > MAX_ID or len(ids) == MOST:
                break
            ids.add(one)
            distance = shift = 0
    return ids
