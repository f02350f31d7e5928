"""Letters without their accents."""

import unicodedata

# Letters that do not come apart into a plain one and a mark.
_PLAIN = str.maketrans("łŁøØđĐðÐıħĦŧŦŋŊ", "lLoOdDdDihHtTnN") | str.maketrans(
    {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH"}
)


def fold(word: str) -> str:
    """`word` in plain small letters without accents and without spaces."""
    if word.isascii():
        plain = word
    else:
        apart = unicodedata.normalize("NFKD", word)
        bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
        plain = bare.translate(_PLAIN)
    # Some single signs come apart into several words; here they stay one.
    return "".join(plain.casefold().split())
