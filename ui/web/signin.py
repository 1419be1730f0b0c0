"""The pages on which people sign in and out: plain documents without a script."""

from ui.web.direction import safe
from ui.web.theme import HEAD
from ui.web.words import Words

_STYLE = """
:root { --paper: #f6f4ef; --ink: #1d1c1a; --soft: #5f5b54; --line: #8d877c; --blue: #1d4b63;
  --on: #fff; --bad: #8c1d18; --box: #fff }
@media (prefers-color-scheme: dark) { :root { --paper: #131518; --ink: #e8e5de; --soft: #a5a199; --line: #6b717a;
  --blue: #8fc1dc; --on: #10222c; --bad: #ffb4ab; --box: #1b1e22 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, "Noto Sans", "Noto Sans Arabic", "Geeza Pro", Arial, sans-serif }
main { width: 100%; max-width: 22rem }
h1 { font-size: 1.5rem; margin: 0 } p { margin: .25rem 0 1.25rem; color: var(--soft) }
label { display: block; margin-block-start: 1rem; font-weight: 600 }
input { width: 100%; margin-block-start: .25rem; padding: .6rem .7rem; font: inherit; color: inherit;
  background: var(--box); border: 1px solid var(--line); border-radius: .3rem }
button { width: 100%; margin-block-start: 1.5rem; padding: .65rem; font: inherit; font-weight: 600; color: var(--on);
  background: var(--blue); border: 0; border-radius: .3rem; cursor: pointer }
:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px }
.wrong { color: var(--bad); font-weight: 600 }
"""


def render_sign_in(words: Words, action: str, target: str, name: str = "", problem: str = "") -> str:
    """The page with a name and a password to type, sent to `action`; `target` is where one wanted to go."""
    wrong = f'<p class="wrong" role="alert">{safe(problem)}</p>' if problem else ""
    fields = (
        f'<label for="name">{safe(words("sign_in.name"))}</label>'
        f'<input id="name" name="name" value="{safe(name)}" autocomplete="username" autocapitalize="none" '
        f'spellcheck="false" maxlength="64" dir="auto" required{" autofocus" if not name else ""}>'
        f'<label for="password">{safe(words("sign_in.password"))}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1000" '
        f'dir="auto" required{" autofocus" if name else ""}>'
    )
    return _page(words, words("sign_in.head"), wrong, _form(action, target, fields, words("sign_in.send")))


def render_sign_out(words: Words, action: str, user: str) -> str:
    """The page with the button that ends a session."""
    who = words("sign_in.as", name=user)
    return _page(words, words("sign_in.out"), f"<p>{safe(who)}</p>", _form(action, "", "", words("sign_in.out")))


def _form(action: str, target: str, fields: str, button: str) -> str:
    hidden = f'<input type="hidden" name="next" value="{safe(target)}">' if target else ""
    return f'<form method="post" action="{safe(action)}">{hidden}{fields}<button>{safe(button)}</button></form>'


def _page(words: Words, head: str, said: str, form: str) -> str:
    name = safe(words("page.name"))
    return (
        f'<!doctype html><html lang="{words.language}" dir="{words.direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{safe(head)} · {name}</title>'
        f"{HEAD}<style>{_STYLE}</style></head><body><main><h1>{name}</h1><p>{safe(head)}</p>{said}{form}</main></body></html>"
    )
