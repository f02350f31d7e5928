"""What every answer says about itself: how strict a browser is to be, how it was packed."""

from flask import Request
from werkzeug.wrappers import Response

from cocreate import packing

REPORTS = "/csp-report"
YEAR = 365 * 24 * 3600
# For what stands at an address that changes with its content.
FOREVER = f"public, max-age={YEAR}, immutable"

# Scripts and styles are files of ours; nothing is inline, nothing comes from elsewhere.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types cocreate",
        # Browsers that know the second leave the first alone.
        f"report-uri {REPORTS}",
        "report-to csp",
    )
)
# What the portal never asks of a device. Browsers complain of names they do not know, so only
# those that all of today's know, and that matter, stand here.
_NEVER = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation"
    " gyroscope magnetometer microphone midi payment picture-in-picture"
    " publickey-credentials-get screen-wake-lock usb xr-spatial-tracking"
).split()
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    # Pictures that others may show say so themselves.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _NEVER),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Reporting-Endpoints": f'csp="{REPORTS}"',
    "X-Content-Type-Options": "nosniff",
    # For browsers that do not know `frame-ancestors`.
    "X-Frame-Options": "DENY",
}
# What is only ever a part of a page obeys the page's headers; a kilobyte of its own with each
# of a dozen files would be a quarter of a first view.
_PARTS = {"text/css", "text/javascript", "font/woff2", "image/png", "image/webp"}
_FOR_PARTS = ("Cross-Origin-Resource-Policy", "X-Content-Type-Options")


def secure(response: Response, address: str) -> None:
    """Add the headers of page security; the view's own stay. `address` is the portal's."""
    names = _FOR_PARTS if response.mimetype in _PARTS else _HEADERS
    for name in names:
        response.headers.setdefault(name, _HEADERS[name])
    if address.startswith("https:"):
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"


def pack(response: Response, request: Request) -> None:
    """Compress an answer made for this request, where that gives no secret away.

    Somebody who makes a member's browser ask for pages again and again, and sees how long
    the packed answers are, can guess what is secret in them (the BREACH attack). Pages
    without a session hold nothing secret; those with one are packed only when the browser
    says that a page of ours, or the member's own hand, asked for them.
    """
    if response.direct_passthrough or "Content-Encoding" in response.headers:
        return
    if not packing.is_text(response.mimetype or "") or not response.is_sequence:
        return
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    encoding = packing.chosen(request.headers.get("Accept-Encoding", ""))
    if not encoding or len(body) < packing.LEAST or not _is_ours(request):
        return
    response.set_data(packing.packed(body, encoding))
    response.headers["Content-Encoding"] = encoding
    tag, is_weak = response.get_etag()
    if tag and not is_weak:
        # The same words in other bytes.
        response.set_etag(tag, weak=True)


def _is_ours(request: Request) -> bool:
    if "cocreate" not in request.cookies:
        return True
    return request.headers.get("Sec-Fetch-Site") in ("same-origin", "none")
