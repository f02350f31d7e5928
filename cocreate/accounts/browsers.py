"""What a browser is called, from what it says about itself."""

import ua_parser

from cocreate.i18n import gettext


def called(user_agent: str) -> str:
    """Such as "Firefox 128 on Windows"; what it said, cut short, where that is unknown."""
    found = ua_parser.parse(user_agent)
    browser = found.user_agent
    system = found.os.family if found.os else ""
    if browser is None:
        return system or user_agent[:60] or gettext("An unknown browser")
    name = " ".join(filter(None, (browser.family, browser.major)))
    if not system:
        return name
    return gettext("%(browser)s on %(system)s", browser=name, system=system)
