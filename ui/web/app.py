"""The page in one language: its head, and a page of its own for each thing that one does."""

from collections.abc import Callable

import gradio as gr

from index.archive import Archive
from qa.answerer import Answerer
from qa.suggest import Suggestions
from ui.web.archive_desk import Desk
from ui.web.archive_page import place_archive
from ui.web.chat import place_chat
from ui.web.drafts_desk import DraftsDesk
from ui.web.drafts_page import place_drafts
from ui.web.handlers import Handlers
from ui.web.masthead import PAGES, render_masthead
from ui.web.means import Means
from ui.web.questions_desk import QuestionsDesk
from ui.web.questions_page import place_questions
from ui.web.shelf import Shelf
from ui.web.theme import read_asset
from ui.web.words import Words


def create_page(
    answerer: Answerer, archive: Archive, suggestions: Suggestions, words: Words, means: Means
) -> gr.Blocks:
    """The page over an archive and the answerer that reads it, in one language, not yet served."""
    handlers = Handlers(answerer, archive, suggestions, words)
    page = gr.Blocks(title=words("page.name"), analytics_enabled=False, fill_width=True)
    with page:
        head, holdings = place_masthead(handlers, words, "chat")
        page.load(holdings, outputs=head, show_progress="hidden", api_visibility="private")
        place_chat(page, handlers, Shelf(archive, words), words)
    desk = Desk(archive, words, means)
    with page.route(words("pages.archive"), PAGES["archive"]):
        head, holdings = place_masthead(handlers, words, "archive")
        place_archive(page, desk, Shelf(archive, words), words, head, holdings)
    with page.route(words("pages.questions"), PAGES["questions"]):
        head, holdings = place_masthead(handlers, words, "questions")
        page.load(holdings, outputs=head, show_progress="hidden", api_visibility="private")
        place_questions(QuestionsDesk(means.sets, words), Shelf(archive, words), words)
    with page.route(words("pages.drafts"), PAGES["drafts"]):
        head, holdings = place_masthead(handlers, words, "drafts")
        page.load(holdings, outputs=head, show_progress="hidden", api_visibility="private")
        place_drafts(DraftsDesk(means.sets, words), Shelf(archive, words), words)
    return page


def place_masthead(handlers: Handlers, words: Words, here: str) -> tuple[gr.HTML, Callable[[], str]]:
    """The head of the page called `here`, and what renders it anew, with what the archive holds by then."""

    def render() -> str:
        return render_masthead(words, handlers.holdings(), here)

    head = gr.HTML(render(), js_on_load=read_asset("masthead.js"), elem_id="masthead", apply_default_css=False)
    return head, render
