"""English: questions for a clause of a text by its number. As typed, whatever the case."""

from inquote.app.language.english import compile_words

CLAUSE_WORD = r"(?:clause|section|article|paragraph|subsection|rule|§)"

CLAUSE_QUESTION = compile_words(
    r"^(?:what (?:does|do|did|is(?: in| under| said in)?)|read|quote|show(?: me)?)(?: the)?"
    rf" {CLAUSE_WORD} ?(?P<number>\d{{1,3}}(?:\.\d{{1,3}}){{0,4}})"
    r"(?: (?:say|says|state|states|provide|provides|require|requires|cover|about|of)\b"
    r"[^?]{0,80})?[?. ]*$"
)
"""A question for a clause by its number: "What does clause 2.2 say?"."""
