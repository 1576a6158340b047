"""Pixels against Pillow asked for one at a time; everything that must not pass."""

import pathlib
import struct
import zlib

import numpy as np
import pytest
from encoded import decoded_by_hand, encode, random_pixels
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.ImageFile import ImageFile

from glorot_sweep.data import image_decoding
from glorot_sweep.data.image_decoding import decode_images, image_kind
from glorot_sweep.errors import UserError

PETS = pathlib.Path("pets")
RGB, GREY = (4, 5, 3), (4, 5)


def decode(images: dict[str, bytes]) -> np.ndarray:
    first = next(iter(images.items()))
    return decode_images(PETS, image_kind(PETS, *first), images)


def test_as_many_threads_as_processors_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    counts, real = [], image_decoding.ThreadPoolExecutor
    monkeypatch.setattr(image_decoding, "usable_processors", lambda: 3, raising=False)
    monkeypatch.setattr(
        image_decoding, "ThreadPoolExecutor", lambda count: counts.append(count) or real(count)
    )
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    decode({"a.png": encode(random_pixels(0, RGB))})
    assert counts == [3]


@pytest.mark.slow
@pytest.mark.parametrize("shape", [RGB, GREY])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_against_single_pixels(shape: tuple[int, ...], kind: str) -> None:
    """1,203 images: two full tasks of 500, and one that is not."""
    encoded = [encode(random_pixels(seed, shape), kind) for seed in range(7)]
    images = {f"{i}.png": encoded[i % 7] for i in range(1_203)}
    expected = [decoded_by_hand(content) for content in encoded]
    found = decode(images)
    assert found.dtype == np.uint8
    assert found.tolist() == [expected[i % 7] for i in range(1_203)]


def test_png_keeps_every_pixel() -> None:
    """Rows from the top; red, then green, then blue."""
    pixels = random_pixels(1)
    (found,) = decode({"a.png": encode(pixels)})
    assert found.tolist() == [int(pixels[y, x, c]) for c in range(3) for y in range(4)
                              for x in range(5)]  # fmt: skip
    grey = random_pixels(2, GREY)
    assert decode({"a.png": encode(grey)})[0].tolist() == grey.reshape(-1).tolist()


def test_the_kind() -> None:
    kind = image_kind(PETS, "a.png", encode(random_pixels(1)))
    assert (kind.mode, kind.size, kind.n_inputs, str(kind)) == ("RGB", (5, 4), 60, "5 x 4 RGB")
    kind = image_kind(PETS, "a.png", encode(random_pixels(1, GREY)))
    assert (kind.mode, kind.n_inputs, str(kind)) == ("L", 20, "5 x 4 grey")


@pytest.mark.parametrize(
    ("shape", "got"),
    [
        ((5, 4, 3), "first.png is 5 x 4 RGB, got 4 x 5 RGB in odd.png"),
        ((8, 8, 3), "got 8 x 8 RGB in odd.png"),
        (GREY, "first.png is 5 x 4 RGB, got 5 x 4 grey in odd.png"),
    ],
)
def test_all_must_be_alike(shape: tuple[int, ...], got: str) -> None:
    images = {"first.png": encode(random_pixels(1)), "odd.png": encode(random_pixels(2, shape))}
    with pytest.raises(UserError, match="pets: all images must be of one size and") as caught:
        decode(images)
    assert got in str(caught.value)


def test_a_colour_image_among_grey_ones() -> None:
    images = {"1.png": encode(random_pixels(1, GREY)), "2.png": encode(random_pixels(2, RGB))}
    with pytest.raises(UserError, match=r"1\.png is 5 x 4 grey, got 5 x 4 RGB in 2\.png"):
        decode(images)


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA", "I;16"])
def test_other_modes_are_refused(mode: str, tmp_path: pathlib.Path) -> None:
    Image.new(mode, (5, 4)).save(tmp_path / "a.png")
    content = (tmp_path / "a.png").read_bytes()
    with pytest.raises(UserError, match=f"a.png must be 8-bit grey or RGB .* got mode {mode}"):
        decode({"a.png": content})
    with pytest.raises(UserError, match=f"got 5 x 4 {mode} in a.png"):
        decode({"first.png": encode(random_pixels(1)), "a.png": content})


def test_only_png_and_jpeg_are_read() -> None:
    with pytest.raises(UserError, match=r"a\.png must be a PNG or JPEG image, got .* b'BM"):
        decode({"a.png": encode(random_pixels(1), "BMP")})


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (b"", "an empty file"),
        (b"\n<!DOCTYPE html><html>404</html>", "a page of HTML"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "a pointer of Git LFS"),
        (b"\x89PNX12345", r"a file that starts with b'\x89PNX1234'"),
    ],
)
def test_what_is_there_in_an_image_s_place_is_said(content: bytes, got: str) -> None:
    with pytest.raises(UserError) as caught:
        decode({"first.png": encode(random_pixels(1)), "a.png": content})
    assert f"pets: a.png must be a PNG or JPEG image, got {got}" in str(caught.value)


def png_by_hand(width: int, height: int, depth: int, colour: int) -> bytes:
    """A PNG of zeros; its image data is as long as its header says only if that is short."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checked = kind + body
        return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))

    channels = {0: 1, 2: 3}[colour]
    row = b"\0" * (1 + width * channels * depth // 8)
    pixels = zlib.compress(row * min(height, 100))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    end = chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + end


def test_16_bit_colour_is_refused_as_16_bit_grey_is() -> None:
    assert decode({"a.png": png_by_hand(5, 4, 8, 2)}).tolist() == [[0] * 60]
    with pytest.raises(UserError, match="got mode RGB;16"):
        decode({"a.png": png_by_hand(5, 4, 16, 2)})
    with pytest.raises(UserError, match="got mode I;16"):
        decode({"a.png": png_by_hand(5, 4, 16, 0)})
    with pytest.raises(UserError, match=r"first\.png is 5 x 4 RGB, got 5 x 4 RGB;16 in a\.png"):
        decode({"first.png": encode(random_pixels(1)), "a.png": png_by_hand(5, 4, 16, 2)})


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_first_broken_image_is_named(kind: str) -> None:
    """Whichever thread comes first: of 1,500 images two are cut."""
    content = encode(random_pixels(1), kind)
    images = {f"{number:04}.png": content for number in range(1_500)}
    images["0700.png"] = images["1400.png"] = content[: len(content) // 2]
    with pytest.raises(UserError, match=r"0700\.png must be a PNG or JPEG image"):
        decode(images)


@given(st.sampled_from(["PNG", "JPEG"]), st.integers(0, 10_000), st.integers(1, 255))
def test_an_altered_image_decodes_or_is_refused(kind: str, place: int, bits: int) -> None:
    content = bytearray(encode(random_pixels(3), kind))
    content[place % len(content)] ^= bits
    try:
        found = decode({"first.png": encode(random_pixels(1)), "a.png": bytes(content)})
    except UserError:
        return
    assert found.shape == (2, 60)


@pytest.mark.parametrize("side", [887, 12_000, 2**31 - 1])
def test_a_picture_that_would_fill_the_memory_is_never_decoded(
    side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred rows of 12,000 pixels claim to be 144 million pixels."""
    bomb = png_by_hand(side, side, 8, 0) if side < 2**31 - 1 else encode(random_pixels(1))
    if side == 2**31 - 1:
        bomb = bomb[:16] + struct.pack(">II", side, side) + bomb[24:]
        bomb = bomb[:29] + struct.pack(">I", zlib.crc32(bomb[12:29])) + bomb[33:]
    monkeypatch.setattr(ImageFile, "tobytes", None)
    with pytest.raises(UserError, match="numbers; an image may have 786,432"):
        decode({"a.png": bomb})
    small = image_kind(PETS, "first.png", encode(random_pixels(1)))
    with pytest.raises(UserError, match=rf"first\.png is 5 x 4 RGB, got {side} x {side} "):
        decode_images(PETS, small, {"a.png": bomb})


def test_more_images_than_the_memory_takes_are_counted_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(image_decoding, "room", lambda: 119)
    images = {f"{n}.png": encode(random_pixels(n)) for n in range(2)}
    with pytest.raises(UserError, match="2 images of 5 x 4 RGB take 120 bytes, and may take 119"):
        decode(images)
