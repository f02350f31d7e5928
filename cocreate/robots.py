"""Whether a request is a person's: what is counted of pages, is counted of people."""

import re
from collections.abc import Mapping
from typing import Any

# What reads pages without a person in front of them; most of these say so.
_ROBOT = re.compile(r"bot\b|bot/|crawl|spider|slurp|preview|monitor|feed|archiv|fetch", re.I)


def is_person(environ: Mapping[str, Any]) -> bool:
    """Whether somebody looks at the page: no robot, no page fetched in case it is wanted."""
    agent = environ.get("HTTP_USER_AGENT", "")
    is_early = "prefetch" in environ.get("HTTP_SEC_PURPOSE", "")
    return bool(agent) and not _ROBOT.search(agent) and not is_early
