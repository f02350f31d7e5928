"""Passwords: what is taken for one, how it is kept, how it is proved."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cocreate.errors import Invalid
from cocreate.i18n import lazy_gettext as _

SHORTEST = 10
LONGEST = 200

# The library's own choice of cost, which rises over the years; older hashes are renewed
# when their owner signs in.
_hasher = PasswordHasher()

# Of a password that nobody knows. Weighed where there is no account, so that the answer
# takes as long as where there is one.
NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$RQYGqZHLtP6iqbH1He7wIw"
    "$6UbgaEtWIhSHfLmFdI34+uUljJolLSiSm/KHqFW1OoU"
)

# What lists of leaked passwords begin with, among those that are long enough.
_COMMON = frozenset(
    "1234567890 0123456789 0987654321 9876543210 12345678910 123456789012 1234567891"
    " 123123123123 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc qwertyuiop qwertzuiop"
    " qwerty123456 qwertz123456 1234567890q asdfghjkl123 zaq12wsxcde3 q1w2e3r4t5"
    " password12 password123 password1234 passwordpassword mypassword mypassword1 p@ssw0rd123"
    " iloveyou123 iloveyou12 welcome123 welcome1234 administrator changeme123 letmein123"
    " letmein1234 football123 baseball123 superman123 princess123 sunshine123 abcdefghij"
    " abcdefghijk abcd123456 abc1234567 abcdef123456 a123456789 heslo12345 heslo123456"
    " heslo1234567 hesloheslo mojeheslo1 mojeheslo12 tajneheslo tajneheslo1 administrátor"
    " slunicko123 slunicko12 beruska123 martinka123 sparta1893 slavia1892"
    " internet123 komunikace".split()
)


def check(password: str, *known: str | None, field: str = "password") -> None:
    """Raises Invalid(field) for a password that others would guess.

    `known` is what anyone may know of the person: the name, the address.
    There are no rules of composition; length is what counts.
    """
    if len(password) < SHORTEST:
        raise Invalid(field, _("Use at least %(least)s characters.", least=SHORTEST))
    if len(password) > LONGEST:
        raise Invalid(field, _("Use at most %(most)s characters.", most=LONGEST))
    plain = _folded(password)
    if plain in _COMMON or len(set(plain)) < 4:
        raise Invalid(field, _("This password is one of the first that others would try."))
    told = {_folded(part) for one in known if one for part in (one, one.split("@")[0])}
    if plain in told:
        raise Invalid(field, _("Your name or address is too easy to guess for a password."))


def hashed(password: str) -> str:
    """What is kept of a password. Takes about a tenth of a second, on purpose."""
    return _hasher.hash(_plain(password))


def fits(kept: str | None, password: str) -> bool:
    """Whether `password` is the one that was kept; takes as long where nothing was kept."""
    try:
        _hasher.verify(kept or NOBODYS, _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_old(kept: str) -> bool:
    """Whether today's hashes cost more than this one."""
    return _hasher.check_needs_rehash(kept)


def _plain(password: str) -> bytes:
    # The same letters come in different codings from different keyboards.
    return unicodedata.normalize("NFKC", password[: LONGEST * 2]).encode(errors="surrogatepass")


def _folded(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())
