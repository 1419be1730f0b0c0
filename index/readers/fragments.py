"""A piece of HTML, as feeds and wires carry it inside a field, to plain text."""

import re
from typing import Any

_TAGS = re.compile(
    r"</?(?:p|div|span|br|a|b|i|em|strong|h[1-6]|ul|ol|li|img|figure|blockquote|table|section|article)\b"
)
_BLOCKS = frozenset("address article aside blockquote body dd div dl dt figure figcaption footer h1 h2 h3 h4 h5 h6 "
                    "header hl1 hr li main nav ol p pre section table td th tr ul".split())  # fmt: skip
_DROPPED = frozenset(("script", "style", "noscript", "template", "iframe", "object", "svg", "head", "form", "button"))


def is_html(text: str) -> bool:
    """Whether tags stand in it.

    >>> is_html("<p>Yes.</p>"), is_html("3 < 5 and 7 > 2")
    (True, False)
    """
    return bool(_TAGS.search(text))


def text_of_html(fragment: str) -> str:
    r"""Its text, paragraphs parted by an empty line, scripts and styles left out.

    >>> text_of_html("<p>One &amp; two.</p><script>no()</script><p>Three<br>four.</p>")
    'One & two.\n\nThree\nfour.'
    """
    from lxml import html

    if not fragment.strip():
        return ""
    parser = html.HTMLParser(remove_comments=True, remove_pis=True)
    return text_of_tree(html.fragment_fromstring(_legal(fragment), create_parent="div", parser=parser))


def text_of_tree(tree: Any) -> str:  # noqa: ANN401 - an element of lxml or of the standard library
    """The text of an HTML or NITF element and of what is in it; comments must not be in the tree."""
    parts: list[str] = []
    waiting: list[Any] = [tree]
    while waiting:
        element = waiting.pop()
        if isinstance(element, str):
            parts.append(element)
            continue
        name = str(element.tag).rpartition("}")[2].lower()
        mark = "\n\n" if name in _BLOCKS else ""
        tail = _one_line(element.tail) if element is not tree else ""
        waiting.append(mark + tail)
        if name not in _DROPPED:
            waiting.extend(reversed(list(element)))
            parts.append(mark + ("\n" if name == "br" else _one_line(element.text)))
    lines = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(parts))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _one_line(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")


def _legal(text: str) -> str:
    """Without the control characters that XML has no place for."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "", text)
