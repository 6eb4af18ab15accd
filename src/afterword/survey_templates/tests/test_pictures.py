import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from afterword.survey_templates.pictures import WIDEST, PictureRefused, redraw
from tests.pictures import a_picture, moving


def opened(content):
    return Image.open(BytesIO(content))


@pytest.mark.parametrize(
    ("format", "becomes"), [("PNG", "PNG"), ("JPEG", "JPEG"), ("GIF", "PNG"), ("WEBP", "PNG")]
)
def test_a_picture_is_drawn_anew_the_same_each_time(format, becomes):
    drawn = redraw(a_picture(format))

    assert (opened(drawn.content).format, opened(drawn.content).size) == (becomes, (40, 20))
    assert drawn.media_type == f"image/{becomes.lower()}"
    assert redraw(a_picture(format)) == drawn


@pytest.mark.parametrize("format", ["PNG", "GIF", "JPEG"])
def test_what_is_no_pixel_is_left_out(format):
    script = b"<script>alert(1)</script>"
    said = {} if format == "PNG" else {"comment": script}
    tricky = a_picture(format, (40, 20), "teal", **said) + script

    assert b"script" in tricky
    assert b"script" not in redraw(tricky).content


def test_where_a_photo_was_taken_stays_with_its_owner():
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright
    exif[0x010E] = "At home"
    photo = a_picture("JPEG", exif=exif)

    drawn = opened(redraw(photo).content)

    assert b"At home" in photo
    assert not drawn.getexif()
    assert drawn.size == (20, 40)


def test_a_large_picture_becomes_as_wide_as_is_needed():
    drawn = redraw(a_picture(size=(3000, 300)))

    assert opened(drawn.content).size == (drawn.width, drawn.height) == (WIDEST, 120)


def test_what_shines_through_still_does():
    file = BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(file, "PNG")

    assert opened(redraw(file.getvalue()).content).convert("RGBA").getpixel((0, 0))[3] == 0


def test_one_that_moves_goes_on_moving():
    drawn = redraw(moving(3))

    assert (drawn.media_type, drawn.width, drawn.height) == ("image/gif", 8, 8)
    assert opened(drawn.content).n_frames == 3


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html>", "no PNG"),
        (b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", "no PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
        (b"GIF89a/*\x00*/=1;alert(1)", "damaged|no PNG"),
        (a_picture()[:60], "damaged"),
        (a_picture() + b"\0" * 1024 * 1024, "larger than 1 MB"),
        (moving(61), "more than 60 frames"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(content, why):
    with pytest.raises(PictureRefused, match=why):
        redraw(content)


def test_a_small_file_of_many_large_frames_is_not_unpacked():
    head = b"GIF89a" + struct.pack("<HHBBB", 4000, 4000, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"

    with pytest.raises(PictureRefused, match="moves and is large"):
        redraw(head + frame * 10 + b"\x3b")


@pytest.mark.parametrize("side", [4001, 60_000])
def test_a_small_file_of_very_many_pixels_is_not_unpacked(side):
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 10_000)), (b"IEND", b"")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )

    with pytest.raises(PictureRefused, match="pixels"):
        redraw(bomb)
