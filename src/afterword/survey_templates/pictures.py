"""Pictures that people upload: decoded, and written anew as nothing but their pixels."""

import warnings
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

MOST_BYTES = 1024 * 1024
MOST_PIXELS = 16_000_000  # of one frame: 64 MB of memory
MOST_FRAMES = 60
MOST_PIXELS_MOVING = 32_000_000  # of all frames, which are held at once
WIDEST = 1200  # pixels kept: twice what a mail is wide, for sharp screens
_READ = ("PNG", "JPEG", "GIF", "WEBP")
_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")


class PictureRefused(ValueError):
    """A file that cannot be used; the text is safe to show and says why."""


class Picture(NamedTuple):
    content: bytes
    media_type: str
    width: int
    height: int


def redraw(content: bytes) -> Picture:
    """Return the picture drawn anew: without what else the file held, and no larger than needed.

    The same file gives the same bytes. A picture that moves stays a GIF; WebP, which some mail
    programs do not show, becomes PNG. Raises PictureRefused.
    """
    try:
        with _opened(content) as image:
            if getattr(image, "is_animated", False) and image.format == "GIF":
                return _moving(image)
            return _still(image)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, PictureRefused):
            raise
        raise PictureRefused("The picture is damaged: save it anew and try again.") from error


def _opened(content: bytes) -> Image.Image:
    """Read no more than the head of a file that is too large in any way."""
    if len(content) > MOST_BYTES:
        raise PictureRefused("The picture is larger than 1 MB: make it smaller.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count ourselves
            image = Image.open(BytesIO(content), formats=_READ)
    except UnidentifiedImageError as error:
        if b"<svg" in content[:4096].lower():
            words = "Mail programs do not show SVG pictures: save the logo as PNG."
        else:
            words = "This is no PNG, JPEG, GIF or WebP picture."
        raise PictureRefused(words) from error
    except Image.DecompressionBombError as error:
        raise PictureRefused("The picture has too many pixels: make it smaller.") from error
    frames = getattr(image, "n_frames", 1)
    if frames > MOST_FRAMES:
        raise PictureRefused(f"The picture moves through more than {MOST_FRAMES} frames.")
    if image.width * image.height > MOST_PIXELS:
        size = f"{image.width:,} by {image.height:,}"
        raise PictureRefused(f"The picture has {size} pixels: 4,000 by 4,000 is the most.")
    if image.width * image.height * frames > MOST_PIXELS_MOVING:
        raise PictureRefused("The picture moves and is large: make it smaller, or stand still.")
    return image


def _still(image: Image.Image) -> Picture:
    is_photo = image.format == "JPEG"
    drawn = ImageOps.exif_transpose(image)
    if is_photo:
        drawn = drawn.convert("RGB")
    elif drawn.mode not in _MODES or drawn.width > WIDEST:
        drawn = drawn.convert("RGBA")
    drawn.thumbnail((WIDEST, WIDEST))
    drawn.info = {key: drawn.info[key] for key in ("transparency",) if key in drawn.info}
    kept = BytesIO()
    if is_photo:
        drawn.save(kept, "JPEG", quality=88, optimize=True)
        return Picture(kept.getvalue(), "image/jpeg", *drawn.size)
    drawn.save(kept, "PNG", optimize=True)
    return Picture(kept.getvalue(), "image/png", *drawn.size)


def _moving(image: Image.Image) -> Picture:
    frames, waits = [], []
    for frame in ImageSequence.Iterator(image):
        waits.append(frame.info.get("duration", 100))
        drawn = frame.convert("RGBA")
        drawn.thumbnail((WIDEST, WIDEST))
        frames.append(drawn)
    kept = BytesIO()
    first, *others = frames
    first.save(
        kept,
        "GIF",
        save_all=True,
        append_images=others,
        duration=waits,
        loop=image.info.get("loop", 0),
        disposal=2,
    )
    return Picture(kept.getvalue(), "image/gif", *first.size)
