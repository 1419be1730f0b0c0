"""Passwords and tokens as they are stored: scrypt for what people choose, SHA-256 for what is drawn at random."""

import base64
import hashlib
import hmac
import secrets
import unicodedata

from index.errors import InputError

LEAST, _MOST = 10, 1_000  # characters
_LOG_N, _R, _P = 14, 8, 5  # 16 MiB and a quarter of a second, as OWASP's list has it
_MEMORY = 64 * 1024 * 1024
_TOKEN = "dl_"  # so that a lost one is known for what it is


def hash_password(password: str) -> str:
    """What is stored for a password: the cost, a salt of its own, and the hash.

    Raises:
        InputError: it is shorter than LEAST characters, or longer than anybody types.
    """
    if not LEAST <= len(password) <= _MOST:
        raise InputError(f"a password has {LEAST} to {_MOST:,} characters; this one has {len(password)}")
    salt = secrets.token_bytes(16)
    return f"scrypt${_LOG_N}${_R}${_P}${_text(salt)}${_text(_scrypt(password, salt, _LOG_N, _R, _P))}"


def fits(password: str, stored: str) -> bool:
    """Whether a password is the one that was stored; takes as long where it is not."""
    _, log_n, r, p, salt, wanted = stored.split("$")
    found = _scrypt(password[:_MOST], base64.b64decode(salt), int(log_n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(wanted))


def is_stored(stored: str) -> bool:
    """Whether this is what `hash_password` or `hash_token` gives."""
    kind, *rest = stored.split("$")
    if kind == "token":
        return len(rest) == 1 and len(rest[0]) == 64 and set(rest[0]) <= set("0123456789abcdef")
    try:
        log_n, r, p = map(int, rest[:3])
        sizes = [len(base64.b64decode(one, validate=True)) for one in rest[3:]]
    except ValueError:
        return False
    return kind == "scrypt" and len(sizes) == 2 and min(sizes) >= 16 and 10 <= log_n <= 20 and r <= 16 and 0 < p <= 20


def make_token() -> str:
    """A token for a program, of 256 random bits."""
    return _TOKEN + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored for a token; nobody can try 2 to the 256, so that it need not be slow."""
    return f"token${hashlib.sha256(token.encode()).hexdigest()}"


def _scrypt(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=2**log_n, r=r, p=p, maxmem=_MEMORY * max(1, 2 ** (log_n - 15)))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
