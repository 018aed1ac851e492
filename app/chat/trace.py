"""Write why an answer was given, as a fold-out under it, and the links into the document pane.

Every function is pure and makes HTML of an `Answer`.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from inquote.app.answering.answer import Answer
from inquote.app.chat.source import page_in, source_line
from inquote.app.marks import escape, escape_attribute
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Document

MAX_QUOTE_LENGTH = 140  # characters of a candidate's words in the table
# Keys that are left out of the facts.
SHOWN_ELSEWHERE = ("candidates", "retrieval", "threshold", "observed", "shows")

Documents = Mapping[str, Document]


def percent(probability: float) -> str:
    """Format a probability in whole percent, on one line."""
    return f"{100 * probability:.0f}\N{NO-BREAK SPACE}%"


def link(kind: str, target: Mapping[str, str | int], title: str, label: str) -> str:
    """Write a link that opens the document pane at a range; `label` is HTML."""
    address = escape_attribute(urlencode(target))
    return f'<a class="{kind}" href="#{address}" title="{escape_attribute(title)}">{label}</a>'


def has_several(answer: Answer, searched: int | None = None) -> bool:
    """Return whether several documents are in question, so that places name theirs.

    `searched` is the number of documents that were searched, None where it is not known.
    """
    return (searched or len({hit.passage.document_id for hit in answer.hits})) > 1


def passage_link(hit: Hit, documents: Documents, several: bool = False) -> str:
    """Write a link to a passage, labelled with its section, else its document's title or id.

    Where `several` documents are in question, the document comes first.
    """
    passage = hit.passage
    document = documents.get(passage.document_id)
    target: dict[str, str | int] = {
        "document": passage.document_id,
        "sha256": document.sha256 if document else "",
        "start": passage.start,
        "end": passage.end,
    }
    title = (document.title if document else "") or passage.document_id
    page = page_in(document, document.page_at(passage.start) if document else None)
    label = source_line(title, passage.heading, page, names_title=several)
    return link("near", target, "Open this passage in the document", escape(label))


def trace_html(answer: Answer, documents: Documents) -> str:
    """Write the fold-out: the question as understood, the threshold, both tables."""
    facts: dict[str, Any] = {"understood as": answer.understood_as}
    if "threshold" in answer.trace:
        threshold = percent(float(answer.trace["threshold"]))
        confidence = percent(answer.confidence)
        facts["confidence"] = f"{confidence}; answers are given from {threshold} on"
    facts |= {name: fact for name, fact in answer.trace.items() if name not in SHOWN_ELSEWHERE}
    summary = "Why this answer" if answer.text is not None else "Why no answer"
    return (
        f'<details class="trace"><summary>{summary}</summary><p>{escape(reason(answer))}</p>'
        f"<details><summary>Details</summary>{_facts_html(facts)}"
        f"{_candidates_html(answer, documents)}{_passages_html(answer, documents)}</details>"
        "</details>"
    )


def reason(answer: Answer) -> str:
    """Say in a few sentences why there is this answer, or none."""
    passages = len(answer.hits)
    read = f"{passages} {'passage' if passages == 1 else 'passages'} came nearest to the question"
    candidates = answer.trace.get("candidates", ())
    others = [c for c in candidates[1:] if c["quote"] != candidates[0]["quote"]]
    sentences = [f"{read} and {'was' if passages == 1 else 'were'} read."]
    if answer.text is not None and candidates:
        sentences.append("These words fit it best.")
    if others:
        sentences.append(f"Next came \u201c{_shorten(str(others[0]['quote']))}\u201d.")
    if "threshold" in answer.trace:
        least = percent(float(answer.trace["threshold"]))
        sentences.append(f"Words judged right with {least} or more are shown as an answer.")
    return " ".join(sentences)


def _candidates_html(answer: Answer, documents: Documents) -> str:
    """Write the table of the words that the reader scored highest, the answer's first."""
    rows = []
    several = has_several(answer)
    for number, candidate in enumerate(answer.trace.get("candidates", ()), start=1):
        rank = {1: "best", 2: "runner-up"}.get(number, f"{number}.")
        quote = escape(_shorten(str(candidate["quote"])))
        passage = passage_link(answer.hits[candidate["nearest"]], documents, several)
        rows.append(
            f'<tr><th scope="row">{rank}</th><td dir="auto">{quote}</td>'
            f"<td>{passage}</td><td>{candidate['score']:.3f}</td></tr>"
        )
    heads = ("", "Words", "Passage", "Reader's score")
    return _table("What the reader found", heads, "".join(rows))


def _passages_html(answer: Answer, documents: Documents) -> str:
    """Write the table of the passages: rank and score in each search, and the reader's best score.

    "" where there are none.
    """
    best: dict[int, float] = {}
    for candidate in answer.trace.get("candidates", ()):
        best.setdefault(candidate["nearest"], candidate["score"])
    rows = []
    several = has_several(answer)
    for at, hit in enumerate(answer.hits):
        rows.append(
            f'<tr><th scope="row">{passage_link(hit, documents, several)}</th>'
            f"<td>{_rank(hit.dense_rank, hit.dense_score)}</td>"
            f"<td>{_rank(hit.lexical_rank, hit.lexical_score)}</td>"
            f"<td>{hit.score:.3f}</td><td>{f'{best[at]:.3f}' if at in best else '–'}</td></tr>"
        )
    heads = ("Passage", "Meaning", "Words", "Together", "Reader")
    table = _table("Where it was looked for", heads, "".join(rows))
    return table and (
        f'{table}<p class="held">Meaning: rank and cosine of the embeddings. '
        "Words: rank and BM25. Together: the two fused. "
        "Reader: the score of the best words found there.</p>"
    )


def _table(caption: str, heads: tuple[str, ...], rows: str) -> str:
    """Write a table with these `rows`, which are HTML; "" where there are none."""
    columns = "".join(f'<th scope="col">{head}</th>' if head else "<td></td>" for head in heads)
    head = f"<thead><tr>{columns}</tr></thead>"
    return rows and f"<table><caption>{caption}</caption>{head}<tbody>{rows}</tbody></table>"


def _shorten(quote: str) -> str:
    """Put a quote on one line and cut it at `MAX_QUOTE_LENGTH`."""
    line = " ".join(quote.split())
    if len(line) <= MAX_QUOTE_LENGTH:
        return line
    return line[:MAX_QUOTE_LENGTH].rstrip() + " ..."


def _rank(rank: int | None, score: float) -> str:
    """Format a rank and its score; a dash where that search did not list the passage."""
    return "–" if rank is None else f"{rank}. ({score:.3f})"


def _facts_html(facts: Mapping[str, Any]) -> str:
    """Write names and values as a list, without those that are None."""
    items = []
    for name, fact in facts.items():
        if fact is not None:
            items.append(f"<dt>{_name(name)}</dt><dd>{_fact_html(fact)}</dd>")
    return f"<dl>{''.join(items)}</dl>"


def _fact_html(fact: object) -> str:
    """Write a value on one line."""
    if isinstance(fact, Mapping):
        return " · ".join(f"{_name(name)} {_fact_html(value)}" for name, value in fact.items())
    if isinstance(fact, list | tuple):
        return ", ".join(map(_fact_html, fact))
    if fact is None:
        return "–"
    return escape(f"{fact:.3f}" if isinstance(fact, float) else str(fact))


def _name(name: object) -> str:
    return escape(str(name).replace("_", " "))
