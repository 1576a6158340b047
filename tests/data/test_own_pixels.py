"""What becomes of a picture, each rule against Pillow's own or written out in Python's numbers."""

import io
import struct
import zlib
from fractions import Fraction

import numpy as np
import pytest
from encoded import random_pixels
from pictures import picture, saved
from PIL import Image, ImageOps

from glorot_sweep.config.image_folders import ImageRules
from glorot_sweep.data.own_images.header import (
    MOST_PIXELS,
    UnreadableImageError,
    header_of,
)
from glorot_sweep.data.own_images.pixels import decoded, middle, prepared_pixels

ORIENTATION = 0x0112


def half_up(value: Fraction) -> int:
    return int(value + Fraction(1, 2))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_turned_as_exif_says(kind: str, turn: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    options = {"tiffinfo": {ORIENTATION: turn}} if kind == "TIFF" else {"exif": exif.tobytes()}
    content = saved(picture(1), kind, **options, **({"lossless": True} if kind == "WEBP" else {}))
    with Image.open(io.BytesIO(content)) as image:
        upright = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    assert np.array_equal(decoded(content), upright)
    header = header_of(content)
    assert (header.height, header.width) == upright.shape[:2]
    assert ("turned as their EXIF says" in header.changes) == (turn != 1 and kind != "TIFF")


def test_exif_that_cannot_be_read_turns_nothing() -> None:
    content = saved(picture(1), "JPEG", exif=b"Exif\0\0nonsense")
    with Image.open(io.BytesIO(content)) as image:
        assert np.array_equal(decoded(content), np.asarray(image))


@pytest.mark.parametrize("kind", ["BMP", "GIF", "PNG", "TIFF"])
def test_kinds_that_lose_nothing(kind: str) -> None:
    grey = picture(2, channels=1)
    header = header_of(saved(grey, kind))
    pixels = decoded(saved(grey, kind))
    assert np.array_equal(pixels[..., 0], np.asarray(grey))
    assert (header.color, pixels.shape[2]) == (("rgb", 3) if kind == "GIF" else ("grey", 1))


@pytest.mark.parametrize("channels", [2, 4])
def test_transparent_pixels_lie_on_white(channels: int) -> None:
    image = picture(3, channels=channels)
    content = saved(image)
    assert header_of(content).changes == ("laid on white where transparent",)
    for found, (*levels, opacity) in zip(
        decoded(content).reshape(-1, channels - 1).tolist(),
        np.asarray(image).reshape(-1, channels).tolist(),
        strict=True,
    ):
        share = Fraction(opacity, 255)
        assert found == [half_up(level * share + 255 * (1 - share)) for level in levels]


def test_a_transparent_colour_is_white() -> None:
    image = Image.new("RGB", (2, 1), (9, 8, 7))
    image.putpixel((1, 0), (1, 2, 3))
    content = saved(image, transparency=(1, 2, 3))
    assert decoded(content).tolist() == [[[9, 8, 7], [255, 255, 255]]]


def test_a_palette_is_in_colour() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((1, 0), 1)
    content = saved(image)
    assert header_of(content).color == "rgb"
    assert decoded(content).tolist() == [[[10, 20, 30], [40, 50, 60]]]


def test_of_16_bits_the_upper_8() -> None:
    levels = np.array([[0, 255, 256, 65_535, 4_660]], np.uint16)
    for kind in ("PNG", "TIFF"):
        content = saved(Image.fromarray(levels), kind)
        assert decoded(content)[..., 0].tolist() == [[0, 0, 1, 255, 18]]
        assert header_of(content).changes == ("reduced from 16 bits",)


def test_of_16_bits_one_level_may_be_transparent() -> None:
    levels = np.array([[0, 1_280, 1_281, 65_535]], np.uint16)
    file = io.BytesIO()
    Image.fromarray(levels).save(file, "PNG", transparency=1_280)
    assert decoded(file.getvalue()).tolist() == [[[0], [255], [5], [255]]]


def test_of_16_bit_colour_the_upper_8() -> None:
    row = b"\0" + struct.pack(">6H", 0x0102, 0x0304, 0x0506, 0xFFFF, 0x0080, 0x1234)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row)),
        (b"IEND", b""),
    ]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
    assert decoded(content).tolist() == [[[1, 3, 5], [255, 0, 18]]]
    assert header_of(content).changes == ("reduced from 16 bits",)


def test_cmyk_is_light_that_is_left() -> None:
    image = Image.fromarray(random_pixels(4, (5, 7, 4)), "CMYK")
    content = saved(image, "TIFF")
    for found, (*inks, black) in zip(
        decoded(content).reshape(-1, 3).tolist(),
        np.asarray(image).reshape(-1, 4).tolist(),
        strict=True,
    ):
        left = [Fraction((255 - ink) * (255 - black), 255) for ink in inks]
        assert found == [half_up(light) for light in left]


def test_of_an_animation_the_first_frame() -> None:
    first, second = Image.new("RGB", (3, 2), (1, 2, 3)), Image.new("RGB", (3, 2), (9, 9, 9))
    content = saved(first, "GIF", save_all=True, append_images=[second])
    assert decoded(content).tolist() == [[[1, 2, 3]] * 3] * 2
    assert header_of(content).changes == ("the first of several frames",)


def test_grey_is_that_of_itu_601() -> None:
    image = picture(5)
    grey = prepared_pixels(saved(image), ImageRules(), "grey")
    for found, (r, g, b) in zip(
        grey.reshape(-1).tolist(), np.asarray(image).reshape(-1, 3).tolist(), strict=True
    ):
        # The weights are rounded to 2^-16: with 255 of each, by at most 3 x 255 x 2^-17.
        exact = Fraction(299 * r + 587 * g + 114 * b, 1000)
        assert abs(found - exact) <= Fraction(1, 2) + Fraction(3 * 255, 2**17)
    assert prepared_pixels(saved(picture(6, channels=1)), ImageRules(), "rgb").shape == (5, 7, 3)


@pytest.mark.parametrize("crop", [None, "center", "none"])
@pytest.mark.parametrize("resize", [(4, 4), (2, 6), (6, 2)])
def test_cut_then_made_smaller(crop: str | None, resize: tuple[int, int]) -> None:
    image = picture(7, (11, 8))
    rules = ImageRules(resize=resize, crop=crop)
    found = prepared_pixels(saved(image), rules, "rgb")
    height, width = resize
    if crop != "none":
        unit = min(Fraction(11, width), Fraction(8, height))
        columns, rows = int(unit * width), int(unit * height)
        left, top = (11 - columns) // 2, (8 - rows) // 2
        image = image.crop((left, top, left + columns, top + rows))
    whole = prepared_pixels(saved(image), ImageRules(resize=resize, crop="none"), "rgb")
    assert np.array_equal(found, whole)


def test_the_middle_of_a_line() -> None:
    line = np.arange(9, dtype=np.uint8).reshape(1, 9, 1)
    assert middle(line, 3, 1).tolist() == [[[4]]]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no image but an empty file"),
        (b"<html>", "a page of HTML"),
        (saved(picture(1))[:60], "does not decode"),
        (saved(picture(1, (64, 64)), "JPEG")[:700], "does not decode"),
        (b"RIFF\0\0\0\0WEBPVP8X", "does not decode"),
        (saved(Image.new("F", (2, 2)), "TIFF"), "mode F, which is not read"),
    ],
)
def test_what_is_no_picture(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableImageError, match=reason):
        used(content)


def used(content: bytes) -> None:
    header_of(content)
    decoded(content)


def bombs() -> list[bytes]:
    png = bytearray(saved(picture(1)))
    png[16:24] = struct.pack(">II", 60_000, 60_000)
    png[29:33] = struct.pack(">I", zlib.crc32(bytes(png[12:29])))
    webp = bytearray(saved(picture(1, channels=4), "WEBP"))
    webp[24:30] = b"\xff\x3f\x00\xff\x3f\x00"  # 16,384 x 16,384
    gif = bytearray(saved(picture(1), "GIF"))
    gif[6:10] = struct.pack("<HH", 65_535, 65_535)
    return [bytes(png), bytes(webp), bytes(gif)]


@pytest.mark.parametrize("content", bombs(), ids=["PNG", "WEBP", "GIF"])
def test_what_says_it_is_larger_than_any_photograph(content: bytes) -> None:
    with pytest.raises(UnreadableImageError, match=f"an image may have {MOST_PIXELS:,}"):
        header_of(content)


KINDS = ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"]


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # as the preparation does
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_file_holds_it_is_a_picture_or_refused(kind: str) -> None:
    """Bytes altered, cut or repeated: pixels of the size that the header says, or one reason."""
    rng = np.random.default_rng(KINDS.index(kind))
    whole = saved(picture(8, (20, 16)), kind)
    for _ in range(40):
        content = bytearray(whole)
        for place in rng.integers(0, min(len(content), 200), rng.integers(1, 6)):
            content[place] = rng.integers(256)
        if rng.random() < 0.3:
            del content[rng.integers(len(content)) :]
        try:
            header = header_of(bytes(content))
            pixels = decoded(bytes(content))
        except UnreadableImageError:
            continue
        assert pixels.dtype == np.uint8
        assert pixels.shape[:2] == (header.height, header.width)
        assert pixels.shape[2] == (1 if header.color == "grey" else 3)
