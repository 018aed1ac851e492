"""What helps the commands."""

import gc

import pytest

from inquote.app.cli.terminal import loading_for_good


def test_what_is_loaded_for_good_is_not_searched_for_garbage_again() -> None:
    before = gc.get_freeze_count()
    try:
        with loading_for_good():
            assert not gc.isenabled()
            loaded = [[number] for number in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= before + len(loaded)
    finally:
        gc.unfreeze()


def test_what_cannot_be_loaded_leaves_the_search_for_garbage_on() -> None:
    with pytest.raises(ValueError, match="no such model"), loading_for_good():
        raise ValueError("no such model")
    gc.unfreeze()
    assert gc.isenabled()
