"""What the page says, in English; everything that is not from an article or a user stands here."""

from qa.answers import Refusal, Stance, Verdict

NAME = "Dateline"
PURPOSE = "Asks your news archive, and shows the sentence that says so."
ASK = "Ask the archive a question, in any language"
FILTERS = "Narrow the search"
LANGUAGE, PUBLISHER, EXCLUDED = "Language", "Outlet", "Not this outlet"
ALSO = "Also carried by {count}: {names}"
AFTER, BEFORE, AS_OF = "From", "Up to", "As of"
DAY = "YYYY-MM-DD"
SEND = "Ask"
NEW = "New chat"
EMPTY_HEAD = "What does the archive say?"
EMPTY_TEXT = (
    "Answers are sentences from the articles, word for word. The number after each opens the article at that "
    "sentence. Where the archive does not say, the answer is just that."
)
EXAMPLES_HEAD = "For example"
NEWEST_HEAD = "Newest in the archive"
NOTHING_YET = "The archive is empty. Add articles with: dateline add PATH"
SOURCE = "Source"
SOURCE_EMPTY = "The number after a sentence opens its article here, with the sentence marked."
SOURCE_REMOVED = "This article has been removed from the archive since the answer was given. The sentence cited was:"
SOURCE_CHANGED = "This article has changed since the answer was given. The sentence cited was:"
SOURCE_UNKNOWN = "This citation belongs to a conversation that is over. Ask the question again to open its source."
NEAREST = "Nearest in the archive, not an answer"
SEARCHING = "Searching the archive"
READING = "Reading {count} passages"
CHOOSING = "Weighing {count} sentences"
WRITING = "Writing, and checking each sentence"
UNCHECKED = "Not checked yet"
SEARCHED = "Searched for"
EDIT = "Edit: {question}"
FAILED = "Something went wrong on the server; its log says what. Ask again, or report it."
BACK = "Back to the answer"
ORIGINAL = "Original at"
UNTITLED, UNKNOWN_PUBLISHER, UNDATED, UNKNOWN_LANGUAGE = "Untitled", "Unknown outlet", "No date", "Unknown language"
CITE = "Source {label}: {about}. Show the sentence in its article."
QUESTION = "Question {number}"
HOLDS = "{articles} articles, {languages} languages"
HOLDS_DAYS = "{articles} articles, {languages} languages, {first} to {last}"

VERDICTS = {Verdict.YES: "Yes", Verdict.NO: "No", Verdict.DISPUTED: "Disputed"}
STANCES = {Stance.SUPPORTS: "Says yes", Stance.CONTRADICTS: "Says no"}  # in a disputed answer
REFUSED = {
    Refusal.NOTHING_INDEXED: "Empty archive",
    Refusal.NOTHING_PASSES_FILTERS: "Nothing to search",
    Refusal.NOT_STATED: "Not stated",
}
REASONS = {
    Refusal.NOTHING_INDEXED: "The archive is empty: add articles first.",
    Refusal.NOTHING_PASSES_FILTERS: "No article in the archive passes these filters. Widen them and ask again.",
    Refusal.NOT_STATED: "The archive does not say.",
}
CONFIDENCE = ((0.85, "High confidence"), (0.6, "Moderate confidence"), (0.0, "Low confidence"))

EXAMPLES = {  # shown where the archive holds the article that answers
    "meridian-20200928-csto": "Did Armenia request CSTO help?",
    "alufuq-20200928-csto": "من ينتمي إلى منظمة معاهدة الأمن الجماعي؟",
    "meridian-20220813-flood": "How many people died in the Noorgarh flood?",
    "severlenta-20221118-most": "Сколько стоит проезд по мосту через Тарну?",
}

MONTHS = ("January February March April May June July August September October November December").split()
LANGUAGES = {
    "ar": "Arabic", "az": "Azerbaijani", "bg": "Bulgarian", "bn": "Bengali", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "hy": "Armenian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh",
    "ko": "Korean", "ku": "Kurdish", "lt": "Lithuanian", "lv": "Latvian", "ms": "Malay", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili",
    "ta": "Tamil", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek",
    "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def language_name(code: str | None) -> str:
    """The language's name, or its code where the name is not known here.

    >>> language_name("ar"), language_name("xx"), language_name(None)
    ('Arabic', 'xx', 'Unknown language')
    """
    return LANGUAGES.get(code, code) if code else UNKNOWN_LANGUAGE


def day_name(published: str | None) -> str:
    """The day of an ISO 8601 date or time.

    >>> day_name("2020-09-28T13:10:00+03:00"), day_name(None)
    ('28 September 2020', 'No date')
    """
    if not published:
        return UNDATED
    year, month, day = published[:10].split("-")
    return f"{int(day)} {MONTHS[int(month) - 1]} {int(year)}"


def confidence_words(confidence: float) -> str:
    """The confidence of an answer, in words.

    >>> confidence_words(0.9), confidence_words(0.1)
    ('High confidence', 'Low confidence')
    """
    return next(words for least, words in CONFIDENCE if confidence >= least)
