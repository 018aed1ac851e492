"""Know the folders that documents lie in by the ids of these."""


def folders_above(document_id: str) -> list[str]:
    """List the folders that hold a document, the outermost first.

    >>> folders_above("a/b/c.md")
    ['a', 'a/b']
    """
    parts = document_id.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
