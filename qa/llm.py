"""A chat model by one setting, through LangChain: what it writes as it comes, within a time limit, with tries."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from queue import Empty, Queue
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.utils.json import parse_partial_json

from index.errors import ChatError, SettingsError
from qa.visible import visible

_TRIES = 3
_PAUSE = 0.5  # seconds before the second try, doubled before each further one
_RETRIED = {408, 409, 425, 429}
_MEANINGS = {
    401: "it refused the key",
    403: "it refused the key",
    404: "it knows no such model or address",
    429: "too many requests",
}
_BASE_URL = "openai"  # the provider whose interface the servers of others speak
_END = object()
_JSON = JSONDecoder(strict=False)

Part = str | dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatModel:
    """A chat model that is ready to write. `structured`: it can be held to a JSON schema. Safe between threads."""

    name: str
    model: BaseChatModel | None
    structured: bool
    timeout: float
    wait: Callable[[float], None] = sleep

    def stream(self, system: str, user: str, schema: dict[str, Any] | None = None) -> Iterator[Part]:
        """What it writes: pieces of text, or, with a schema, each time the whole object so far; closing it stops.

        Raises:
            ChatError: no answer, or not within `timeout` seconds.
        """
        assert self.model is not None
        asked = self.model.with_structured_output(schema) if schema else self.model
        messages = [("system", system), ("human", user)]
        deadline = monotonic() + self.timeout
        for left in reversed(range(_TRIES)):
            begun = False
            try:
                for part in _pieces(lambda: asked.stream(messages), deadline):
                    begun = True
                    yield part if isinstance(part, dict) else str(getattr(part, "text", ""))
                return
            except TimeoutError:
                raise ChatError(f"{self.name} did not finish within {self.timeout:g} s; raise llm_timeout") from None
            except Exception as error:  # every provider has exceptions of its own
                pause = _PAUSE * 2 ** (_TRIES - 1 - left)
                if begun or not left or not _may_pass(error) or monotonic() + pause >= deadline:
                    raise ChatError(f"{self.name} gave no answer: {_explain(error)}", _status(error)) from None
                self.wait(pause)


def connect(name: str, base_url: str | None = None, *, timeout: float) -> ChatModel:
    """The chat model `provider:model`; with `base_url` any server that speaks OpenAI's interface, with a key or none.

    Raises:
        SettingsError: an unknown provider, its package or its key is missing.
    """
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"timeout": timeout, "max_retries": 0}
    if base_url:
        name = name if ":" in name else f"{_BASE_URL}:{name}"
        options |= {"base_url": base_url}
        if name.startswith(f"{_BASE_URL}:") and not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = "none"
    try:
        model = init_chat_model(name, **options)
        profile = dict(model.profile or {})
        if profile.get("temperature", True):
            model = init_chat_model(name, temperature=0, **options)
    except ImportError as error:
        package = (re.findall(r"langchain-[a-z0-9-]+", str(error)) or ["of its provider"])[0]
        raise SettingsError(f"llm = {name!r} needs the package {package}; install it: pip install {package}") from None
    except Exception as error:
        raise SettingsError(f"llm = {name!r} cannot be used: {_said(error)}") from None
    return ChatModel(name=name, model=model, structured=bool(profile.get("structured_output")), timeout=timeout)


def read_json(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value of JSON up to where it stops or goes wrong, or None where it is none; what follows it is not read.

    >>> read_json('{"sentences": [{"text": "No'), read_json("[1] and")
    ({'sentences': [{'text': 'No'}]}, [1])
    """
    try:
        return _JSON.raw_decode(text)[0]
    except JSONDecodeError as error:
        is_value = error.msg.startswith("Unterminated") and text[: error.pos].rstrip().endswith(":")
        good = text if is_value else text[: error.pos]
    except RecursionError:
        return None
    try:
        return parse_partial_json(good)
    except (ValueError, RecursionError):
        return None


def _pieces(begin: Callable[[], Iterator[Any]], deadline: float) -> Iterator[Any]:
    """What an iterator gives, read by a thread of its own, so that no provider can hold us beyond the deadline."""
    if monotonic() >= deadline:
        raise TimeoutError
    queue: Queue[Any] = Queue(maxsize=1024)
    stopped = Event()
    Thread(target=_pump, args=(begin, queue, stopped), daemon=True).start()
    try:
        while (left := deadline - monotonic()) > 0:  # also where much is waiting to be read
            if (piece := queue.get(timeout=left)) is _END:
                return
            if isinstance(piece, Exception):
                raise piece
            yield piece
        raise TimeoutError
    except Empty:
        raise TimeoutError from None
    finally:
        stopped.set()
        while not queue.empty():
            queue.get_nowait()


def _pump(begin: Callable[[], Iterator[Any]], queue: "Queue[Any]", stopped: Event) -> None:
    """Fill the queue until the end, an error or a stop."""
    last: Any = _END
    try:
        for piece in begin():
            if stopped.is_set():
                return
            queue.put(piece)
    except Exception as error:  # handed to the reader
        last = error
    queue.put(last)


def _status(error: Exception) -> int | None:
    found = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return found if isinstance(found, int) else None


def _may_pass(error: Exception) -> bool:
    status = _status(error)
    if status is not None:
        return status in _RETRIED or status >= 500
    return bool(re.search("Connect|Timeout", type(error).__name__))


def _explain(error: Exception) -> str:
    status = _status(error)
    if status in _MEANINGS:
        return f"{_MEANINGS[status]} (HTTP {status})"
    if "Timeout" in type(error).__name__:
        return "it took too long; raise llm_timeout"
    if isinstance(error, ValueError | TypeError | AttributeError | LookupError):
        return f"what it sent cannot be read ({_said(error)})"
    return f"HTTP {status}: {_said(error)}" if status else _said(error)


def _said(error: Exception) -> str:
    """An error's message in a line, without any secret of the environment, whole or cut."""
    text = visible(str(error))
    for name, value in os.environ.items():
        if re.search("KEY|TOKEN|SECRET|PASSWORD", name, re.IGNORECASE) and len(value) >= 8:
            text = text.replace(value, "***")
    text = re.sub(r"\b(sk|key|Bearer)[-_ ][\w*-]{6,}|(?<=://)[^/\s@]+(?=@)", "***", text)
    return text[:200] or type(error).__name__
