import pytest

from inquote.eval.metrics.cells import cell_right, count_right, neighbour_given, numbers_of


def test_numbers_lose_signs_units_and_separators() -> None:
    assert numbers_of("$(1,202.9) m, 34 %, Q3, -0.5") == {"1202.9", "34", "3", "0.5"}
    assert numbers_of("none") == frozenset()


@pytest.mark.parametrize(
    ("quotes", "right"),
    [
        (["1,496.5"], 1.0),
        (["$1,496.5"], 1.0),
        (["Total sales", "2019", "1,496.5"], 1.0),
        (["Total sales were $1,496.5 million in 2019"], 1.0),
        (["Total sales | 1,496.5 | 1,202.9"], 0.0),
        (["1,202.9"], 0.0),
        (["1,496.57"], 0.0),
        (["2019"], 0.0),
        ([], 0.0),
    ],
)
def test_a_cell_is_right_alone_or_with_its_headers(quotes: list[str], right: float) -> None:
    assert cell_right(quotes, ["1,496.5"], ["Total sales", "2019"]) == right


def test_several_wanted_cells_must_all_be_given() -> None:
    assert cell_right(["10,081", "3,188"], ["10,081", "3,188"]) == 1.0
    assert cell_right(["10,081"], ["10,081", "3,188"]) == 0.0


def test_a_cell_of_words_and_a_cell_of_a_sign_are_right() -> None:
    assert cell_right(["Ansa Virta"], ["Ansa Virta"]) == 1.0
    assert cell_right(["-"], ["-"]) == 1.0


def test_a_neighbour_is_another_cell_that_is_no_header() -> None:
    cells = ["Total sales", "2019", "1,496.5", "1,202.9", ""]
    headers = ["Total sales", "2019"]
    assert neighbour_given(["1,202.9"], ["1,496.5"], cells, headers) == 1.0
    assert neighbour_given(["1,496.5"], ["1,496.5"], cells, headers) == 0.0
    assert neighbour_given(["Total sales 2019"], ["1,496.5"], cells, headers) == 0.0
    assert neighbour_given(["no figures"], ["1,496.5"], cells, headers) == 0.0


@pytest.mark.parametrize(
    ("text", "stated", "right"),
    [
        ("Eleven turbines", None, 1.0),
        ("11", None, 1.0),
        ("11 of 36 turbines", None, 0.0),
        ("some turbines", None, 0.0),
        ("gears; blades", 11, 1.0),
        ("11", 2, 0.0),
    ],
)
def test_a_count_is_what_is_stated_or_the_only_number(
    text: str, stated: int | None, right: float
) -> None:
    assert count_right(text, 11, stated) == right
