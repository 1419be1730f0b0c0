"""The line that opens an agency's report: the place, who reports, and the day, in the forms of many languages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.readers.agencies import AGENCY_BEFORE, is_agency, is_known, split_agency
from index.readers.dates import is_day

REACH = 300
"""Characters of the text in which a dateline ends."""
_LONGEST = 45
_OPEN, _CLOSE = "(（【[［〔", ")）】]］〕"
_BRACKET = re.compile(rf"\s*[{re.escape(_OPEN)}]([^{re.escape(_OPEN + _CLOSE)}]{{1,80}})[{re.escape(_CLOSE)}]")
_SLASHED = re.compile(r"\s*/\s?([^/\n]{2,40}?)\s?/")
_PIECE = re.compile(
    r"\s*(.{1,80}?)(?=\s*[-–—―]{1,3}\s|\s*[–—―=]|[,،、:：](?!\d|\s*\d{4}\b)|[(（【\[［〔]|\s/|\n|(?<=日[电電讯訊報报])"
    r"|(?<!\b\d)(?<!\b\d\d)\.(?!\s*\d|\w)|\.(?=\s*[^\w\s]))"
)
_MARK = re.compile(r"\s*(?:[.,،、:：-]{0,2}\s*[-–—―=]{1,3}|[.:：]|[,،、])")
_PARTS = re.compile(r"\s*(?:/|\s[-–—]\s|[–—]|[,،、;؛|](?!\d))\s*")
_TAIL = re.compile(r"(?P<place>[^\d]+?)\s*(?:\b(?:في|در|on|le|am|den|el)\b)?\s*(?P<day>\d.*)")
_REPORT = re.compile(r"\s*(?:电|電|讯|訊|報|报道)$")
_SMALL = {"de", "del", "la", "las", "los", "le", "les", "of", "the", "am", "an", "der", "di", "do", "da", "dos", "sur",
          "el", "al", "na", "на", "upon", "en", "and", "y", "et"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """What the opening says, as it is written there; `date` may lack its year."""

    place: str | None = None
    publisher: str | None = None
    date: str | None = None


def find_dateline(text: str, language: str | None = None) -> Dateline | None:
    """The dateline of a text, or None where it opens without one.

    A place alone is none, nor is a day alone: beside a place there must be a day, a news agency, or, where the place
    is in capitals, an outlet in brackets.

    >>> find_dateline("МОСКВА, 28 сен - РИА Новости. Посол заявил об этом.", "ru")
    Dateline(place='МОСКВА', publisher='РИА Новости', date='28 сен')
    """
    place = publisher = date = None
    sure = False
    for piece, kind in _pieces(text[:REACH], language):
        if is_day(piece, language):
            date, sure = date or piece, True
        elif kind == "credit":
            sure = sure or is_agency(piece) or (place is not None and place.isupper())
            publisher = publisher or piece
        else:
            place = place or piece
    return Dateline(place=place, publisher=publisher, date=date) if sure and (place or publisher) else None


def _pieces(text: str, language: str | None) -> list[tuple[str, str]]:
    """What stands before the report itself, piece by piece, each a "place" or a "credit"; none when a comma ends it."""
    at, pieces, mark = 0, list[tuple[str, str]](), None
    for count in range(6):
        if found := (_BRACKET.match(text, at) or (at and _SLASHED.match(text, at)) or None):
            parts = list(_inner(found[1], language))
            if at == 0 and not any(kind == "sure" for _, kind in parts):
                break
            parts = [(part, "credit" if kind == "sure" else kind) for part, kind in parts]
        elif found := ((at and AGENCY_BEFORE.match(text, at)) or None):
            parts = [(found[0], "credit")]
        elif found := _PIECE.match(text, at):
            parts = list(_outer(found[1], language, first=count == 0 or (text[0] in _OPEN and count == 1)))
        if not found or not parts:
            break
        pieces += parts
        mark = _MARK.match(text, found.end())
        at = mark.end() if mark else found.end()
    return [] if mark and mark[0].strip() in (",", "،", "、") else pieces


def _inner(content: str, language: str | None) -> Iterator[tuple[str, str]]:
    """The parts of a bracket; "sure" where one is a day or an agency."""
    if is_day(content, language):
        yield content.strip(), "sure"
        return
    for part in filter(None, (one.strip() for one in _PARTS.split(content))):
        head, agency, day = _taken_apart(part, language)
        if head and not agency and not day and len(head.split()) <= 5 and not re.search(r"\d", head):
            yield head, "credit"
        elif agency or day:
            yield from ((one, kind) for one, kind in ((head, "place"), (agency, "sure"), (day, "sure")) if one)


def _outer(piece: str, language: str | None, *, first: bool) -> Iterator[tuple[str, str]]:
    """A piece out of brackets as a place, an agency or a day; nothing when it is none of them."""
    head, agency, day = _taken_apart(piece.strip(), language)
    if (head and not _is_place(head)) or (agency and not _is_place(agency)) or (first and agency and not head + day):
        if not is_known(agency):
            return
    if head and not first and not (head.istitle() or head.isupper()):
        return
    yield from ((one, kind) for one, kind in ((head.rstrip("."), "place"), (agency, "credit"), (day, "day")) if one)


def _taken_apart(piece: str, language: str | None) -> tuple[str, str, str]:
    """The place, the agency and the day in one piece: 新华社北京9月28日电, القاهرة في 28 سبتمبر."""
    piece = _REPORT.sub("", piece)
    if is_day(piece, language):
        return "", "", piece
    day = ""
    if (found := _TAIL.fullmatch(piece)) and is_day(found["day"], language):
        piece, day = found["place"].strip(), found["day"]
        if is_day(f"{piece} {day}", language):  # the month stands before the day: SEPTEMBER 29
            return "", "", f"{piece} {day}"
    agency, place = split_agency(piece)
    return place, agency, day


def _is_place(piece: str) -> bool:
    words = re.sub(r"[«»\"“”„]", "", piece).split()
    if len(piece) > _LONGEST or len(words) > 4 or re.search(r"\d", piece):
        return False
    cased = [word for word in words if word.lower() != word.upper()]
    return all(word[0].isupper() or word in _SMALL for word in cased) if cased else len(words) <= 3
