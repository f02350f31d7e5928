"""The words that code and templates ask for, and what the Czech catalogue makes of them."""

import os
import re
import tempfile
import tomllib
from pathlib import Path

from babel.messages import catalog as babel
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
PO = ROOT / "cocreate/translations/cs/LC_MESSAGES/messages.po"
MO = PO.with_suffix(".mo")
# As in the Makefile.
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]")

# A message by its context ("" for none) and its English.
Message = tuple[str, str]


def catalogue() -> babel.Catalog:
    """The Czech catalogue as it stands in the tree."""
    with PO.open("rb") as file:
        return read_po(file, locale="cs")


def english(message_id: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The forms of a message in English: one, or one and many."""
    return (message_id,) if isinstance(message_id, str) else tuple(message_id)


def czech(message_string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The forms of a message in Czech: one, or for one, for a few and for many."""
    return english(message_string)


def messages() -> dict[Message, babel.Message]:
    """What the catalogue has, by context and English."""
    return {(one.context or "", english(one.id)[0]): one for one in catalogue() if one.id}


def asked_for() -> dict[Message, str]:
    """Every message that code and templates ask for, and a place that does."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    found = extract_from_dir(
        ROOT,
        [(one["pattern"], one["method"]) for one in mappings],
        keywords=KEYWORDS,
        # Only there are words; the data of a running portal may be large.
        directory_filter=lambda path: (
            Path(path).relative_to(ROOT).parts[0] in ("cocreate", "templates")
        ),
    )
    return {
        (context or "", english(message)[0]): f"{name}:{line}"
        for name, line, message, _comments, context in found
    }


def compile_catalogue() -> None:
    """Make what the portal reads, where it is missing or older than the catalogue.

    Several runs may do so at once: each puts a whole file in the place of the other's.
    """
    if MO.exists() and MO.stat().st_mtime >= PO.stat().st_mtime:
        return
    with tempfile.NamedTemporaryFile(dir=MO.parent, delete=False) as file:
        write_mo(file, catalogue())
    os.chmod(file.name, 0o644)
    os.replace(file.name, MO)
