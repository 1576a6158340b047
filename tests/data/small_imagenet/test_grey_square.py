"""From image files to grey squares: formats, modes, crop, damage, and what reduction changes."""

import io
import struct
import zlib
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from glorot_sweep.data.small_imagenet import grey_square as module
from glorot_sweep.data.small_imagenet.area import SIDE, Grey, area_mean
from glorot_sweep.data.small_imagenet.grey_square import UnreadableImageError, grey_square
from small_imagenet.imagenet_copies import image_bytes

pytestmark = pytest.mark.filterwarnings("error")


def saved(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def colours(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_grey_is_that_of_itu_r_601() -> None:
    """37 x 37 pixels: no filter. Pillow's 16-bit weights are within 0.004 grey levels."""
    pixels = colours(1, SIDE, SIDE)
    found = grey_square(saved(Image.fromarray(pixels)))
    for row, column in ((0, 0), (5, 30), (36, 36)):
        red, green, blue = (int(v) for v in pixels[row, column])
        grey = Fraction(299, 1000) * red + Fraction(587, 1000) * green + Fraction(114, 1000) * blue
        assert abs(int(found[row, column]) - grey) <= 0.504


@pytest.mark.parametrize(("width", "height"), [(51, 37), (52, 37), (37, 60), (37, 37)])
def test_the_centre_is_kept(width: int, height: int) -> None:
    """Of an odd margin the smaller half is cut off on the left and at the top."""
    grey = np.random.default_rng(2).integers(0, 256, (height, width), dtype=np.uint8)
    left, top = (width - SIDE) // 2, (height - SIDE) // 2
    found = grey_square(saved(Image.fromarray(grey)))
    assert (found == grey[top : top + SIDE, left : left + SIDE]).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_modes_of_png(mode: str) -> None:
    image = Image.fromarray(colours(3, SIDE, SIDE)).convert(mode)
    expected = np.asarray(image.convert("RGB").convert("L")).astype(int)
    assert np.abs(grey_square(saved(image)) - expected).max() == 0


def test_a_palette_with_transparency() -> None:
    image = Image.fromarray(colours(4, SIDE, SIDE)).convert("P")
    content = saved(image, transparency=bytes(range(256)))
    expected = np.asarray(image.convert("RGB").convert("L"))
    assert (grey_square(content) == expected).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_modes_of_jpeg(mode: str) -> None:
    """A flat colour survives JPEG to within 2 levels; so does its grey."""
    image = Image.new("RGB", (64, 64), (200, 120, 40))
    found = grey_square(saved(image.convert(mode), "JPEG", quality=95))
    assert np.abs(found.astype(int) - image.convert("L").getpixel((0, 0))).max() <= 2


def test_an_orientation_is_ignored() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.open(io.BytesIO(image_bytes(1))).convert("RGB")
    turned, plain = saved(image, "JPEG", exif=exif), saved(image, "JPEG")
    assert (grey_square(turned) == grey_square(plain)).all()


def pink_noise(width: int, height: int, seed: int) -> Image.Image:
    """Colours whose amplitude falls as 1 / frequency, as in photographs."""
    random = np.random.default_rng(seed)
    across, down = np.meshgrid(np.fft.rfftfreq(width), np.fft.fftfreq(height))
    amplitude = 1 / np.maximum(np.hypot(across, down), 1 / width)
    layers = []
    for _ in range(3):
        phase = np.exp(2j * np.pi * random.random(amplitude.shape))
        layer = np.fft.irfft2(amplitude * phase, (height, width))
        layers.append(layer / layer.std())
    pixels = 128 + 50 * np.stack([layers[0], layers[0] + 0.3 * layers[1], layers[2]], -1)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "height", "reduction"),
    [
        (500, 375, 1),
        (591, 700, 1),
        (592, 700, 2),
        (800, 650, 2),
        pytest.param(1200, 1600, 4, marks=pytest.mark.slow),
        pytest.param(2400, 2400, 8, marks=pytest.mark.slow),
    ],
)
def test_decoding_less_stays_near_the_full_decode(
    width: int, height: int, reduction: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every size the module's docstring speaks of: 0.5 on average, nowhere more than 10."""
    image = pink_noise(width, height, seed=width)
    content = saved(image, "JPEG", quality=90)
    used = []

    def noted(pixels: Grey, left: int, top: int, side: int, reduction: int) -> Grey:
        used.append(reduction)
        return area_mean(pixels, left, top, side, reduction)

    monkeypatch.setattr(module, "area_mean", noted)
    found = grey_square(content).astype(int)
    assert used == [reduction]
    full = np.asarray(Image.open(io.BytesIO(content)).convert("L"))
    side = min(width, height)
    expected = area_mean(full, (width - side) // 2, (height - side) // 2, side)
    assert np.abs(found - expected).mean() < 0.5
    assert np.abs(found - expected).max() <= 10


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_truncated_image_is_unreadable(form: str, share: float) -> None:
    content = image_bytes(5, form=form)
    with pytest.raises(UnreadableImageError):
        grey_square(content[: int(len(content) * share)])


@pytest.mark.parametrize("content", [b"", b"<html>moved</html>", bytes(1000)])
def test_what_is_no_image_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableImageError, match=r"^neither a JPEG nor a PNG image$"):
        grey_square(content)


def test_another_format_is_unreadable() -> None:
    with pytest.raises(UnreadableImageError, match="neither a JPEG nor a PNG"):
        grey_square(saved(Image.fromarray(colours(6, 40, 40)), "BMP"))


def test_pixels_of_16_bits_are_refused() -> None:
    image = Image.fromarray(np.full((40, 40), 40_000, np.uint16))
    with pytest.raises(UnreadableImageError, match="mode I;16, not of 8 bits"):
        grey_square(saved(image))


@pytest.mark.parametrize(("kind", "channels"), [(2, 3), (4, 2), (6, 4)])
def test_so_are_those_of_colour_and_of_transparent_grey(kind: int, channels: int) -> None:
    rows = zlib.compress(40 * bytes(1 + 2 * channels * 40))
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", 40, 40, 16, kind, 0, 0, 0),
        b"IDAT": rows,
        b"IEND": b"",
    }
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks.items()
    )
    with pytest.raises(UnreadableImageError, match="numbers of 16 bits, not of 8"):
        grey_square(png)


def test_too_large_an_image_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(UnreadableImageError, match="DecompressionBomb"):
        grey_square(image_bytes(7))


def test_a_reason_is_the_same_in_every_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("cannot use <_io.BytesIO object at 0x7f0123456789>")

    monkeypatch.setattr(module, "_grey", fail)
    with pytest.raises(UnreadableImageError, match=r"^OSError: cannot use the file$"):
        grey_square(image_bytes(8))
