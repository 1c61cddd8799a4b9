"""Emerging: a picture as it is before it is finished: soft shapes in a pale haze, then edges."""

from PIL import Image, ImageStat

from router.emulators.art.canvas import BICUBIC, Picture
from router.emulators.art.colour import lighter

LONGEST = 480  # pixels that an unfinished picture is painted at: nothing finer is seen in it

COARSEST = 9  # pixels along the shorter side of the very first
FINEST = 170  # and of the last before the finished one
HAZE = 0.55  # how pale the very first is


def emerging(picture: Picture, finished: float) -> Picture:
    """Return how far the picture has come; `finished` goes from 0 to 1."""
    short = COARSEST * (FINEST / COARSEST) ** finished
    scale = min(1.0, short / min(picture.size))
    small = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    soft = picture.resize(small, Image.Resampling.BOX).resize(picture.size, BICUBIC)
    mean = ImageStat.Stat(soft).mean
    pale = lighter((round(mean[0]), round(mean[1]), round(mean[2])), 0.6)
    return Image.blend(soft, Image.new("RGB", picture.size, pale), HAZE * (1 - finished))
