"""Pages are drawn within limits, and one that cannot be drawn costs itself alone."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from inquote.ingest.files.draw import MAX_DOTS, MAX_SIDE, can_be_drawn, scale_for
from inquote.ingest.files.renderer import PageNotDrawn, Renderer
from made_files import drawn_pdf, pdf, shown

RED_AREA = b"1 0 0 rg 0 0 306 792 re f"  # the left half of the page
ENDLESS = b"q 0.1 0 0 0.1 0 0 cm " + b"0 0 m 5000 7000 l 0 7000 l 6000 0 l S " * 60_000 + b"Q"


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    renderer = Renderer()
    yield renderer
    renderer.close()


def drawn(renderer: Renderer, file: Path, number: int = 1, width: int = 480) -> Image.Image:
    content = renderer.draw(file, number, width).content
    return Image.open(io.BytesIO(content)).convert("RGB")


def kept(folder: Path, content: bytes) -> Path:
    file = folder / "kept"
    file.write_bytes(content)
    return file


def test_a_page_in_black_and_white_is_a_png_and_one_in_colours_a_jpeg(
    renderer: Renderer, tmp_path: Path
) -> None:
    file = kept(tmp_path, drawn_pdf([shown(72, 700, "Fever"), RED_AREA]))
    assert renderer.draw(file, 1, 480).media_type == "image/png"
    assert renderer.draw(file, 2, 480).media_type == "image/jpeg"
    assert drawn(renderer, file, 1).size == (480, 622)


def test_a_scan_in_gray_is_a_jpeg(renderer: Renderer, tmp_path: Path) -> None:
    file = tmp_path / "scan"
    Image.linear_gradient("L").resize((600, 800)).save(file, "PNG")
    assert renderer.draw(file, 1, 480).media_type == "image/jpeg"
    assert drawn(renderer, file).getpixel((240, 320)) == pytest.approx((128, 128, 128), abs=3)


def test_a_turned_and_cut_page_is_drawn_as_it_is_shown(renderer: Renderer, tmp_path: Path) -> None:
    extra = b"/Rotate 90 /CropBox [200 0 612 792]"
    picture = drawn(renderer, kept(tmp_path, drawn_pdf([RED_AREA], extra=extra)))
    assert picture.size == (480, 250)  # 792 by 412 points
    assert picture.getpixel((240, 20)) == pytest.approx((254, 0, 0), abs=3)
    assert picture.getpixel((240, 200)) == (255, 255, 255)


def test_a_huge_page_is_drawn_smaller(renderer: Renderer, tmp_path: Path) -> None:
    file = kept(tmp_path, drawn_pdf([RED_AREA], extra=b"/MediaBox [0 0 14000 1400000]"))
    width, height = drawn(renderer, file, width=2430).size
    assert width * height <= MAX_DOTS * 1.01
    assert height <= MAX_SIDE + 1


@pytest.mark.parametrize(
    ("width", "height"), [(612, 792), (1, 10_000_000), (10_000_000, 1), (0, 0), (1e6, 1e6)]
)
def test_no_size_gives_more_dots_than_allowed(width: float, height: float) -> None:
    scale = scale_for(width, height, 2430)
    assert width * scale * height * scale <= MAX_DOTS * 1.001
    assert max(width, height) * scale <= MAX_SIDE * 1.001


def test_a_missing_page_and_a_broken_file_are_sentences(renderer: Renderer, tmp_path: Path) -> None:
    file = kept(tmp_path, pdf([[(700, 10, "Fever")]]))
    with pytest.raises(PageNotDrawn, match=r"^Page 9 cannot be drawn: it is damaged"):
        renderer.draw(file, 9, 480)
    broken = tmp_path / "broken"
    broken.write_bytes(b"%PDF-1.7 and no more")
    with pytest.raises(PageNotDrawn, match=r"Its text is there\.$"):
        renderer.draw(broken, 1, 480)
    with pytest.raises(PageNotDrawn, match="its file is not there any more"):
        renderer.draw(tmp_path / "gone", 1, 480)
    assert drawn(renderer, file).size == (480, 622)


def test_a_page_that_takes_too_long_ends_the_child_and_the_next_is_drawn(tmp_path: Path) -> None:
    renderer = Renderer(seconds=1)
    try:
        endless = kept(tmp_path, drawn_pdf([ENDLESS, shown(72, 700, "Fever")]))
        with pytest.raises(PageNotDrawn, match="more time or memory than is allowed"):
            renderer.draw(endless, 1, 2430)
        assert drawn(renderer, endless, 2).size == (480, 622)
    finally:
        renderer.close()


def test_pictures_are_pages_too(renderer: Renderer, tmp_path: Path) -> None:
    file = tmp_path / "two"
    frames = [Image.new("RGB", (900, 300), colour) for colour in ("white", "red")]
    frames[0].save(file, "TIFF", save_all=True, append_images=frames[1:])
    assert can_be_drawn(file.read_bytes()[:1024])
    assert drawn(renderer, file, 2).size == (480, 160)
    assert drawn(renderer, file, 2).getpixel((9, 9)) == pytest.approx((254, 0, 0), abs=3)
    with pytest.raises(PageNotDrawn):
        renderer.draw(file, 3, 480)


def test_a_see_through_picture_lies_on_white(renderer: Renderer, tmp_path: Path) -> None:
    file = tmp_path / "clear"
    Image.new("RGBA", (40, 20), (255, 0, 0, 0)).save(file, "PNG")
    assert drawn(renderer, file).getpixel((5, 5)) == (255, 255, 255)
