"""The shop's logo: a PNG file, as rows of dots.

    LogoError  the file cannot be used

Pillow is imported when there is a logo and not before: 4.5 MB of resident memory and 50 ms on an x86 PC.
"""

from pathlib import Path

MAX_BYTES = 1 << 20
MAX_HEIGHT = 1024
MAX_WIDTH = 512


class LogoError(Exception):
    """The logo cannot be used. The message is one English sentence."""


def logo_rows(path: Path, width: int) -> list[bytes]:
    """Its rows, the first dot in bit 7, black where it is dark and not transparent. Raises LogoError.

    `width` is the paper's, in dots, 0 where the printer prints no pictures; a wider picture is refused: a
    printer would print nothing or garbage.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise LogoError(f"the logo {path} is {size} bytes, more than {MAX_BYTES}")
        with Image.open(path, formats=("PNG",)) as picture:
            # The header is read by now and the dots are not: a small file may claim to be a huge picture.
            if picture.width > min(width, MAX_WIDTH) or picture.height > MAX_HEIGHT:
                raise LogoError(
                    f"the logo {path} is {picture.width} by {picture.height} dots, "
                    f"more than {min(width, MAX_WIDTH)} by {MAX_HEIGHT}"
                )
            # A logo with transparency: on white paper.
            paper = Image.new("RGBA", picture.size, "white")
            paper.alpha_composite(picture.convert("RGBA"))
            dots = (
                paper.convert("L").point(lambda grey: 255 if grey < 128 else 0).convert("1", dither=Image.Dither.NONE)
            )
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise LogoError(f"the logo {path} cannot be read: {error}") from error
    stride = (dots.width + 7) // 8
    data = dots.tobytes()
    return [data[at : at + stride] for at in range(0, len(data), stride)]
