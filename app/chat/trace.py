"""Why an answer is what it is, foldable: pure functions, Answer -> HTML, and the links into the document pane."""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode

from inquote.app.answering.answer import Answer
from inquote.app.chat.evidence import readable
from inquote.index.retrieval.search import Hit
from inquote.ingest.documents import Document

LONGEST_WORDS = 140  # characters of a candidate's words that the table repeats
TABLED = ("candidates", "retrieval", "threshold", "observed")  # what of a trace is told elsewhere

Documents = Mapping[str, Document]


def percent(probability: float) -> str:
    """A probability in whole percent, on one line."""
    return f"{100 * probability:.0f}\N{NO-BREAK SPACE}%"


def link(kind: str, target: Mapping[str, str | int], title: str, label: str) -> str:
    """A link that opens the document pane at a range; `label` is HTML."""
    return (
        f'<a class="{kind}" href="#{escape(urlencode(target))}" title="{escape(title)}">{label}</a>'
    )


def passage_link(hit: Hit, documents: Documents) -> str:
    """A link to a passage, called by its heading; for one without, by the title of its document."""
    document = documents.get(hit.passage.document_id)
    target: dict[str, str | int] = {
        "document": hit.passage.document_id,
        "sha256": document.sha256 if document else "",
        "start": hit.passage.start,
        "end": hit.passage.end,
    }
    name = (
        readable(hit.passage.heading)
        or (document.title if document else "")
        or hit.passage.document_id
    )
    return link("near", target, "Open this passage in the document", escape(name))


def trace_html(answer: Answer, documents: Documents) -> str:
    """How the question was understood, where the line is, what the reader found, and what the two searches did."""
    facts: dict[str, Any] = {"understood as": answer.understood_as}
    if "threshold" in answer.trace:
        facts["confidence"] = (
            f"{percent(answer.confidence)}; answers are given from {_percent(answer)} on"
        )
    facts |= {name: fact for name, fact in answer.trace.items() if name not in TABLED}
    return (
        '<details class="trace"><summary>'
        f"{'Why this answer' if answer.text is not None else 'Why no answer'}</summary>"
        f"{_facts_html(facts)}{_candidates_html(answer, documents)}{_passages_html(answer, documents)}</details>"
    )


def _percent(answer: Answer) -> str:
    return percent(float(answer.trace["threshold"]))


def _candidates_html(answer: Answer, documents: Documents) -> str:
    """The words that the reader scored highest, the answer's first, the runner-up next."""
    ranks = ("best", "runner-up", *(f"{n}." for n in range(3, 100)))
    rows = "".join(
        f'<tr><th scope="row">{rank}</th><td>{escape(_cut(str(found["quote"])))}</td>'
        f"<td>{passage_link(answer.hits[found['nearest']], documents)}</td><td>{found['score']:.3f}</td></tr>"
        for rank, found in zip(ranks, answer.trace.get("candidates", ()), strict=False)
    )
    return _table("What the reader found", ("", "Words", "Passage", "Reader's score"), rows)


def _passages_html(answer: Answer, documents: Documents) -> str:
    """The passages considered, with rank and score in each search and the score of the best words found in them."""
    read: dict[int, float] = {}
    for found in answer.trace.get("candidates", ()):
        read.setdefault(found["nearest"], found["score"])
    rows = "".join(
        f'<tr><th scope="row">{passage_link(hit, documents)}</th>'
        f"<td>{_rank(hit.dense_rank, hit.dense_score)}</td><td>{_rank(hit.lexical_rank, hit.lexical_score)}</td>"
        f"<td>{hit.score:.3f}</td><td>{f'{read[at]:.3f}' if at in read else '–'}</td></tr>"
        for at, hit in enumerate(answer.hits)
    )
    heads = ("Passage", "Meaning", "Words", "Together", "Reader")
    table = _table("Where it was looked for", heads, rows)
    return table and (
        f'{table}<p class="held">Meaning: rank and cosine of the embeddings. Words: rank and BM25. Together: the two '
        "fused. Reader: the score of the best words found there.</p>"
    )


def _table(caption: str, heads: tuple[str, ...], rows: str) -> str:
    """A table whose rows are HTML; "" for one without rows."""
    columns = "".join(f'<th scope="col">{head}</th>' if head else "<td></td>" for head in heads)
    head = f"<thead><tr>{columns}</tr></thead>"
    return rows and f"<table><caption>{caption}</caption>{head}<tbody>{rows}</tbody></table>"


def _cut(words: str) -> str:
    """Words on one line, cut where they are too many."""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_WORDS else line[:LONGEST_WORDS].rstrip() + " ..."


def _rank(rank: int | None, score: float) -> str:
    """A rank and its score, or a dash where that search did not list the passage."""
    return "–" if rank is None else f"{rank}. ({score:.3f})"


def _facts_html(facts: Mapping[str, Any]) -> str:
    """What is known and its value, whatever it is."""
    known = {name: fact for name, fact in facts.items() if fact is not None}
    items = (f"<dt>{_name(name)}</dt><dd>{_fact_html(fact)}</dd>" for name, fact in known.items())
    return f"<dl>{''.join(items)}</dl>"


def _fact_html(fact: Any) -> str:
    """One value on one line."""
    if isinstance(fact, Mapping):
        return " · ".join(f"{_name(name)} {_fact_html(value)}" for name, value in fact.items())
    if isinstance(fact, list | tuple):
        return ", ".join(map(_fact_html, fact))
    return escape(f"{fact:.3f}" if isinstance(fact, float) else "–" if fact is None else str(fact))


def _name(name: str) -> str:
    return escape(str(name).replace("_", " "))
