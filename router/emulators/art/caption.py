"""Caption: a small strip that says who drew what."""

from PIL import Image, ImageDraw, ImageFont

from router.emulators.art.canvas import Picture

NAMES = {"openai": "OpenAI", "azure-openai": "Azure OpenAI", "stability-ai": "Stability AI"}

SMALLEST = 200  # pixels: below it no caption could be read


def caption(
    picture: Picture, provider: str, model: str, prompt: str, *, solid: bool = False
) -> None:
    """Write provider, model and the prompt's beginning along the lower edge.

    A `solid` strip hides the caption of a picture that this one was made of.
    """
    width, height = picture.size
    if min(width, height) < SMALLEST:
        return
    size = max(10, round(min(width, height) * 0.021))
    font = ImageFont.load_default(size)
    strip = round(size * 2.3)
    band = (0, height - strip, width, height)
    picture.paste((10, 12, 20), band, Image.new("L", (width, strip), 255 if solid else 165))
    pen = ImageDraw.Draw(picture)
    middle = height - strip / 2
    head = f"sandbox · {NAMES.get(provider, provider)} · {model}"
    pen.text((size, middle), head, fill=(255, 255, 255), font=font, anchor="lm")
    left = size * 2 + pen.textlength(head, font=font)
    room = width - size - left
    words = _shortened(_drawable(prompt), pen, font, room)
    if words:
        pen.text((width - size, middle), words, fill=(206, 210, 222), font=font, anchor="rm")


def _drawable(prompt: str) -> str:
    """The prompt on one line, without the letters that the built-in font does not have."""
    shown = "".join(letter if letter.isprintable() else " " for letter in prompt[:400])
    return " ".join("".join(letter for letter in shown if ord(letter) < 0x180).split())


def _shortened(
    text: str,
    pen: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    room: float,
) -> str:
    """As many whole words as fit."""
    if pen.textlength(text, font=font) <= room:
        return text
    words = text.split()
    while words and pen.textlength(" ".join(words) + " …", font=font) > room:
        words.pop()
    return " ".join(words) + " …" if words else ""
