"""JSON values one after the other, from a stream of any length."""

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from index.errors import InputError

MAX_VALUE = 10_000_000
"""Characters of one value."""
_BLOCK = 1 << 16
_SPACE = " \t\n\r"


class Values:
    """What is left of a stream of JSON; each method moves on behind what it gave.

    Raises:
        InputError: from every method, where the text is no JSON or a value is longer than MAX_VALUE.
    """

    def __init__(self, stream: BinaryIO, encoding: str, name: str) -> None:
        self.name = name
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._parse = json.JSONDecoder().raw_decode
        self._text, self._at, self._ended = "", 0, False

    def peek(self) -> str:
        """The next character that is no space, "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._more(_BLOCK)

    def array(self, place: str) -> Iterator[tuple[str, Any]]:
        """The members of an array, each with its place for messages, counted from 1."""
        self._take("[")
        number = 0
        while self.peek() != "]":
            number += 1
            yield f"{self.name}:{place}{number}", self.value(f"{place}{number}")
            if self.peek() != "]":
                self._take(",")
        self._take("]")

    def keys(self) -> Iterator[str]:
        """The keys of an object; the value of each must be taken before the next key."""
        self._take("{")
        while self.peek() != "}":
            key = self.value("a key")
            self._take(":")
            yield str(key)
            if self.peek() != "}":
                self._take(",")
        self._take("}")

    def value(self, place: str) -> Any:  # noqa: ANN401 - any JSON
        """The next value, whole."""
        self.peek()
        wanted = _BLOCK
        while True:
            try:
                value, end = self._parse(self._text, self._at)
                if end < len(self._text) or self._ended:  # else a number may go on
                    self._at = end
                    return value
            except RecursionError:
                raise self._wrong(f"{place} is nested too deep") from None
            except ValueError as error:
                if self._ended:
                    raise self._wrong(f"{place}: {error}") from None
            if len(self._text) - self._at > MAX_VALUE:
                raise self._wrong(f"{place} is damaged, or longer than {MAX_VALUE // 1_000_000} MB")
            self._more(wanted)
            wanted *= 2

    def _take(self, mark: str) -> None:
        if self.peek() != mark:
            raise self._wrong(f"{mark!r} is expected, this is {self._text[self._at : self._at + 20]!r}")
        self._at += 1

    def _more(self, size: int) -> None:
        block = self._stream.read(size)
        self._ended = not block
        try:
            text = self._decoder.decode(block, final=self._ended)
        except UnicodeDecodeError as error:
            raise self._wrong(f"not valid {error.encoding.upper()}") from None
        self._text, self._at = self._text[self._at :] + text, 0

    def _wrong(self, what: str) -> InputError:
        return InputError(f"{self.name}: not valid JSON: {what}; mend the file, or give one object a line as .jsonl")
