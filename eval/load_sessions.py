"""Sessions for a load test: each has an outlet of its own, whose secret no other session may ever see."""

import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import httpx

from index.articles import Article, make_article

_PLACES = ("harbour", "station", "museum", "airport", "library")
_SECRET = re.compile(r"vault-(\d+)-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was asked: how long it took, what was wrong with its answer, or why there is none."""

    seconds: float
    wrong: str = ""
    failed: str = ""


@dataclass(slots=True, kw_only=True)
class Session:
    """One visitor; `number` is also that of its outlet. `page` is how the page's own event is called, if it is used."""

    number: int
    page: "PageEvent | None" = None
    _asked: int = 0
    _hash: str = field(default_factory=lambda: token_hex(6))

    async def ask(self, client: httpx.AsyncClient) -> Asked:
        """Ask for the next of the outlet's secrets."""
        place = _PLACES[self._asked % len(_PLACES)]
        self._asked += 1
        begun = time.monotonic()
        try:
            told = await self._answer(client, f"What is the code of the {place}?")
        except (httpx.HTTPError, ValueError) as error:
            return Asked(
                seconds=time.monotonic() - begun, failed=f"session {self.number}: {type(error).__name__} {error}"
            )
        return Asked(seconds=time.monotonic() - begun, wrong=self._wrong(told, place))

    def _wrong(self, told: Sequence[str], place: str) -> str:
        seen = set(map(int, _SECRET.findall("".join(told))))
        if seen - {self.number}:
            return f"session {self.number} saw {sorted(seen - {self.number})}"
        return (
            ""
            if f"vault-{self.number}-{place}" in told[-1]
            else f"session {self.number} did not see its {place}: {told[-1][:200]}"
        )

    async def _answer(self, client: httpx.AsyncClient, question: str) -> list[str]:
        """What was sent on the way to the answer, and last with it."""
        if self.page is None:
            return [await _call(client, question, _outlet(self.number))]
        return await self.page.call(client, self._hash, question, _outlet(self.number))


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEvent:
    """The event by which the page asks: its number, and what each of its inputs is."""

    number: int
    inputs: Sequence[str]

    async def call(self, client: httpx.AsyncClient, session: str, question: str, outlet: str) -> list[str]:
        """What the page is sent on the way to the answer, and last with it, in a session of the page's."""
        given = {"question": question, "publisher": [outlet]}
        data = [given.get(name, [] if name in ("language", "excluded") else None) for name in self.inputs]
        body = {"fn_index": self.number, "data": data, "session_hash": session, "trigger_id": None}
        (await client.post("/gradio_api/queue/join", json=body)).raise_for_status()
        told: list[str] = []
        async with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as lines:
            async for line in lines.aiter_lines():
                message = json.loads(line[6:]) if line.startswith("data: ") else {}
                if message.get("msg") in ("process_generating", "process_completed"):
                    told.append(line)
                if message.get("msg") == "process_completed":
                    if not message.get("success"):
                        raise ValueError(str(message)[:300])
                elif message.get("msg") == "close_stream":
                    break
        return told


async def _call(client: httpx.AsyncClient, question: str, outlet: str) -> str:
    """The answer of the endpoint /ask, as JSON."""
    begun = await client.post("/gradio_api/call/v2/ask", json={"question": question, "publishers": [outlet]})
    begun.raise_for_status()
    found = await client.get(f"/gradio_api/call/ask/{begun.json()['event_id']}")
    if "event: complete" not in found.text:
        raise ValueError(found.text[:300])
    return found.text


def make_articles(count: int) -> list[Article]:
    """For each session's outlet an article with the same sentences but the secrets."""
    return [
        make_article(
            " ".join(f"The code of the {place} is vault-{number}-{place}." for place in _PLACES),
            id=f"outlet-{number}", title=f"Codes of {number}", publisher=_outlet(number), language="en",
            published="2024-05-01",
        )
        for number in range(count)
    ]  # fmt: skip


def make_sessions(count: int, config: Mapping[str, Any]) -> list[Session]:
    """So many sessions, every other one of the page, whose configuration this is."""
    event = _find_event(config)
    return [Session(number=number, page=event if number % 2 else None) for number in range(count)]


def _find_event(config: Mapping[str, Any]) -> PageEvent:
    """The event that a question sets off."""
    names = {one["id"]: one["props"].get("elem_id") or one["type"] for one in config["components"]}
    for one in config["dependencies"]:
        if any(names.get(target) == "question" and kind == "submit" for target, kind in one["targets"]):
            return PageEvent(number=one["id"], inputs=[names[key] for key in one["inputs"]])
    raise OSError("the page has no event for a question")


def _outlet(number: int) -> str:
    return f"Outlet {number}"
