"""A page in one file: style, script and data inside it, nothing fetched, and nothing in the data that could run."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

# Characters that no browser shows or that turn the writing of what follows, each replaced by one other so that offsets
# stay true.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    r"""The text with a mark in the place of each control character and of what overrides a direction.

    >>> clean("a\x00b\u202ec")
    'a\ufffdb\ufffdc'
    """
    return _HARMFUL.sub("\ufffd", text)


def safe(value: object) -> str:
    """Text for use in an element or a quoted attribute."""
    return escape(clean(str(value)), quote=True)


def to_json(data: object) -> str:
    r"""JSON that no parser of HTML sees an element in.

    >>> to_json("</script>\u2028")
    '"\\u003c/script>\\u2028"'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    text = _HARMFUL.sub("\ufffd", text)  # json.dumps has escaped those below the space
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def page(title: str, body: str, data: Any) -> str:  # noqa: ANN401 - what JSON holds
    """The whole document: `body` is trusted HTML, `data` is read by page.js and shown as text only.

    A content security policy lets this style and this script work and nothing else, inside the page or outside.
    """
    style, script = (_asset(name) for name in ("page.css", "page.js"))
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f"<title>{safe(title)}</title><style>{style}</style></head>\n<body>{body}\n"
        f'<script type="application/json" id="data">{to_json(data)}</script>\n<script>{script}</script></body></html>\n'
    )


def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
