"""The indexes of a generation's tables, updated before its commit rather than built anew.

Words: BM25 over `terms`, which hold what the analyzer of the local store makes of a passage, so
that both stores compare the same stems. Vectors: exact up to `EXACT_UP_TO`; above, inverted lists
with product quantisation (Jegou et al. 2011), whose candidates are compared by the exact vectors.
"""

import math
from typing import Any

from inquote.index.disk import step
from inquote.index.stores.shared.heads import Head

EXACT_UP_TO = 100_000  # vectors: all are compared with the query
MERGED_UP_TO = 200_000  # passages whose index of words is merged into one at each change
WORDS, VECTORS = "words", "vectors"
_MOST_PARTS = 8  # parts of an index before they are merged
_SCALAR_FROM = 4_096  # rows: fewer are looked through
_MOST_FRAGMENTS = 24
_DELETED_SHARE = 0.2  # of rows that are deleted, from which on a table is written anew
_DELETED_LEAST = 256
_ROWS_A_FRAGMENT = 1 << 20
_SUB_VECTOR = 4  # dimensions that share a byte
_SCALAR = {"passages": ("id", "document_id", "key"), "documents": ("id",), "kept": ("name",)}
_WORD_OPTIONS = {
    "base_tokenizer": "whitespace",
    "lower_case": False,
    "stem": False,
    "remove_stop_words": False,
    "ascii_folding": False,
    "max_token_length": None,
    "with_position": False,
}


def update_indexes(head: Head) -> None:
    """Bring the indexes of a table up to date with its rows, and make those that it lacks."""
    if not head.changed or not head.count:
        return
    data = head.data
    _compact(data)
    names = {index.name for index in data.describe_indices()}
    if names:
        step()
        _optimise(data, names, head.count)
    if head.name == "passages":
        _make_search_indexes(data, names, head.count)
    _make_scalar_indexes(head, names)


def remake_indexes(head: Head) -> None:
    """Write a table and its indexes anew, so that no file holds what was deleted."""
    data = head.data
    names = {index.name for index in data.describe_indices()}
    step()
    data.optimize.compact_files(
        target_rows_per_fragment=_ROWS_A_FRAGMENT, materialize_deletions_threshold=0.0
    )
    for name in names:
        step()
        data.drop_index(name)
    if head.name == "passages":
        _make_search_indexes(data, set(), head.count)
    _make_scalar_indexes(head, set())


def _compact(data: Any) -> None:
    """Join small pieces of a table, and drop rows that were deleted, where there are many."""
    fragments = data.get_fragments()
    deleted = sum(fragment.num_deletions for fragment in fragments)
    total = sum(fragment.physical_rows for fragment in fragments)
    is_sparse = deleted > max(_DELETED_LEAST, _DELETED_SHARE * total)
    if len(fragments) > _MOST_FRAGMENTS or is_sparse:
        step()
        data.optimize.compact_files(target_rows_per_fragment=_ROWS_A_FRAGMENT)


def _make_search_indexes(data: Any, names: set[str], count: int) -> None:
    if WORDS not in names:
        step()
        make_words(data)
    if VECTORS not in names and count > EXACT_UP_TO:
        step()
        dimension = data.schema.field("vector").type.list_size
        data.create_index(
            "vector",
            "IVF_PQ",
            name=VECTORS,
            metric="cosine",
            num_partitions=math.isqrt(count),
            num_sub_vectors=max(1, dimension // _SUB_VECTOR),
        )
    elif VECTORS in names and count <= EXACT_UP_TO // 2:
        step()
        data.drop_index(VECTORS)


def _make_scalar_indexes(head: Head, names: set[str]) -> None:
    if head.count < _SCALAR_FROM:
        return
    for column in _SCALAR[head.name]:
        if f"by_{column}" not in names:
            step()
            head.data.create_scalar_index(column, "BTREE", name=f"by_{column}")


def _optimise(data: Any, names: set[str], count: int) -> None:
    """Take changed rows into the indexes.

    BM25 counts deleted rows until an index is merged with new ones, or made anew. In a large
    library, where few rows change its statistics little, the parts are merged now and then.
    """
    is_small = count <= MERGED_UP_TO
    for name in sorted(names):
        stats = data.stats.index_stats(name)
        if is_small and name == WORDS and not stats["num_unindexed_rows"]:
            make_words(data)
        elif is_small or stats["num_indices"] >= _MOST_PARTS:
            data.optimize.optimize_indices(index_names=[name])
        else:
            data.optimize.optimize_indices(num_indices_to_merge=0, index_names=[name])


def make_words(data: Any) -> None:
    """Build the index of words anew."""
    data.create_scalar_index("terms", "INVERTED", name=WORDS, **_WORD_OPTIONS)
