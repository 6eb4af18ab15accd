"""Pictures as people upload them, drawn when they are asked for."""

from io import BytesIO
from typing import Any

from PIL import Image


def a_picture(
    format: str = "PNG", size: tuple[int, int] = (40, 20), colour: str = "teal", **saved: Any
) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, format, **saved)
    return file.getvalue()


def moving(frames: int = 3) -> bytes:
    file = BytesIO()
    colours = [Image.new("RGB", (8, 8), (number * 3, 0, 0)) for number in range(frames)]
    colours[0].save(file, "GIF", save_all=True, append_images=colours[1:], duration=70, loop=0)
    return file.getvalue()
