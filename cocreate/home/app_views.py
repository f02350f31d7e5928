"""The portal on a device: its name and icon there, and what it shows without a network."""

import json

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from cocreate import brand, site, static, web
from cocreate.i18n import LANGUAGES, direction, gettext

bp = Blueprint("app", __name__)

# What a home screen has room for.
_SHORT = 14


@bp.get("/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """What a device needs to put the portal beside its programs."""
    portal, language = site.load(), web.language()
    face = brand.face(portal)
    shortcuts = (
        (gettext("Propose an idea"), "/ideas/new"),
        (gettext("Ideas"), "/ideas"),
        (gettext("Notices"), "/notices"),
    )
    told = {
        "id": "/",
        "name": portal.name,
        "short_name": portal.name if len(portal.name) <= _SHORT else portal.name.split()[0],
        "description": portal.words("tagline", language),
        "lang": language,
        "dir": direction(language),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": face.bar[0],
        "icons": _icons(str(portal.logo.get("key", ""))),
        "shortcuts": [{"name": name, "url": url} for name, url in shortcuts],
    }
    return Response(json.dumps(told, ensure_ascii=False), content_type="application/manifest+json")


def _icons(logo: str) -> list[dict[str, str]]:
    """The portal's logo; or the mark it comes with, which may be cut to any shape."""
    if logo:
        named = [(brand.picture(logo, size), size, "any") for size in ("192", "512")]
    else:
        named = [
            (static.asset("icon-192.png"), "192", "any"),
            (static.asset("icon-512.png"), "512", "any"),
            (static.asset("icon-maskable-192.png"), "192", "maskable"),
            (static.asset("icon-maskable-512.png"), "512", "maskable"),
        ]
    return [
        {"src": src, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for src, size, purpose in named
    ]


@bp.get("/service-worker.js")
def service_worker() -> ResponseReturnValue:
    """At the root, because a script of this kind serves only what is below its own address."""
    return static.send("js/service-worker.js")


@bp.get("/offline")
def offline() -> ResponseReturnValue:
    """What a browser keeps to show when it cannot reach us, in the language it asks for."""
    chosen = request.args.get("language", "")
    if chosen in LANGUAGES:
        g.language = chosen
    return render_template("home/offline.html")
