"""The head of every page as safe HTML: where one is, what there is, and the other languages."""

from ui.web.direction import safe
from ui.web.words import LANGUAGES, Words, read_words

# by the name under "pages" of the words
PAGES = {"chat": "/", "archive": "/archive", "questions": "/questions", "drafts": "/drafts"}


def render_masthead(words: Words, holdings: str, here: str) -> str:
    """The head of the page called `here`; `holdings` is what the archive holds, in a line."""
    links = "".join(_link(words, name, here) for name in PAGES)
    others = "".join(_other(one, here) for one in map(read_words, LANGUAGES) if one.language != words.language)
    return (
        f'<header data-language="{words.language}">'
        f"<h1>{safe(words('page.name'))}</h1>"
        f'<nav aria-label="{safe(words("pages.all"))}">{links}</nav>'
        f'<p class="holdings">{safe(holdings)}</p><p class="others">{_programs(words)}{others}</p></header>'
    )


def _programs(words: Words) -> str:
    """What opens gradio's page of the API, which only the first page has."""
    return "" if words.path else f'<a href="#api" class="programs">{safe(words("page.programs"))}</a>'


def address(words: Words, page: str) -> str:
    """Where a page is, in a language.

    >>> address(read_words("ar"), "chat"), address(read_words("en"), "chat")
    ('/ar/', '/')
    """
    return words.path + PAGES[page]


def _link(words: Words, page: str, here: str) -> str:
    current = ' aria-current="page"' if page == here else ""
    return f'<a href="{address(words, page)}"{current}>{safe(words(f"pages.{page}"))}</a>'


def _other(words: Words, here: str) -> str:
    about = f'lang="{words.language}" dir="{words.direction}" hreflang="{words.language}"'
    return f'<a href="{address(words, here)}" {about}>{safe(words("page.language"))}</a>'
