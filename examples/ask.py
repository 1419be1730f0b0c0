"""Ask the archive from a script: python examples/ask.py "Did Armenia request CSTO help?"."""

import sys

from qa import build_answerer

answerer = build_answerer()  # or build_answerer(db="my-archive")
answer = answerer.ask(sys.argv[1] if len(sys.argv) > 1 else "Did Armenia request CSTO help?")
print(answer.decision, answer.refusal or "")
for citation in answer.citations:
    article = answerer.article(citation.article_id)
    assert article is not None
    assert article.text[citation.start : citation.end] == citation.quote
    print(f"[{citation.label}] {citation.quote}\n    {citation.publisher}, {citation.published}, {citation.url}")
