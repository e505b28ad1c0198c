"""Folders of one kind of thing, whose files look alike and mean different things.

A maker draws one folder: name of a file to what it shows (two files of one content are copies, and
no others) and its bytes. Mirrored or turned symbols, other clocks, frames and entries are contents
of their own. `look_alikes.py` writes the folders and judges scans of them.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps
from scipy.ndimage import gaussian_filter

Made = dict[str, tuple[str, bytes]]
FONTS = sorted((Path(matplotlib.get_data_path()) / "fonts/ttf").glob("DejaVuS*[!y].ttf"))
INK, PAPER = (25, 25, 30), (255, 255, 255)
COPIES = ("half", "jpeg", "png")
SIGNS = "abcdefgilmnorstu_(){}=;01234567"


def file(image: Image.Image, how: str = "png", quality: int = 85) -> bytes:
    """The picture as a file of a format."""
    stream = io.BytesIO()
    image.convert("RGB").save(stream, *({"jpeg": ("JPEG",)}.get(how, ("PNG",))),
                              **({"quality": quality} if how == "jpeg" else {}))  # fmt: skip
    return stream.getvalue()


def again(image: Image.Image, how: str, rng: np.random.Generator) -> bytes:
    """The picture saved again: smaller, compressed, or as it is."""
    if how == "half":
        return file(image.resize([max(1, s // 2) for s in image.size], Image.Resampling.LANCZOS))
    return file(image, how, int(rng.integers(50, 80)))


def font(size: int, rng: np.random.Generator | None = None) -> ImageFont.FreeTypeFont:
    """A font of a size, some font where a generator is given."""
    path = FONTS[rng.integers(len(FONTS))] if rng is not None else FONTS[0]
    return ImageFont.truetype(str(path), size)


def copied(pictures: dict[str, Image.Image], rng: np.random.Generator, count: int) -> Made:
    """A file of each picture, and further ones of some, in random order of names."""
    made: list[tuple[str, bytes]] = []
    lossy = rng.random() < 0.4
    for content, image in pictures.items():
        made.append((content, file(image, "jpeg" if lossy else "png", 90)))
    for at, content in enumerate(rng.choice(sorted(pictures), count, replace=False)):
        made.append((str(content), again(pictures[str(content)], COPIES[at % 2], rng)))
    order = rng.permutation(len(made))
    ends = {b"\xff\xd8": "jpg", b"\x89P": "png"}
    return {f"{k:03}.{ends[made[i][1][:2]]}": made[i] for k, i in enumerate(order)}


def arrows(rng: np.random.Generator) -> Made:
    """Arrows of a few styles in eight directions."""
    pictures = {}
    for style in range(5):
        side, width = int(rng.integers(64, 200)), float(rng.uniform(0.05, 0.16))
        ink, head = tuple(rng.integers(0, 160, 3).tolist()), float(rng.uniform(0.14, 0.3))
        closed = bool(rng.integers(2))
        for k in range(8):
            angle = k * np.pi / 4
            along, across = np.array([np.cos(angle), np.sin(angle)]), np.array(
                [-np.sin(angle), np.cos(angle)])  # fmt: skip
            tail, tip = 0.5 - 0.36 * along, 0.5 + 0.36 * along
            wings = [tip - head * along + s * head * across for s in (-1, 1)]
            big = Image.new("RGB", (4 * side,) * 2, PAPER)
            pen, line = ImageDraw.Draw(big), round(4 * side * width)
            scaled = [tuple((4 * side * p).tolist()) for p in (tail, tip, *wings)]
            pen.line(scaled[:2], ink, line)
            if closed:
                pen.polygon([tuple((4 * side * (tip + 0.06 * along)).tolist()), *scaled[2:]], ink)
            else:
                pen.line([scaled[2], scaled[1], scaled[3]], ink, line, "curve")
            pictures[f"arrow {style} {k}"] = big.resize((side, side), Image.Resampling.LANCZOS)
    return copied(pictures, rng, 8)


def letters(rng: np.random.Generator) -> Made:
    """Letters and digits of which some are others turned or mirrored."""
    pictures = {}
    for style in range(3):
        side, ink = int(rng.integers(48, 160)), tuple(rng.integers(0, 120, 3).tolist())
        face = font(round(side * 0.75), rng)
        for one in "bdpqnuMW69ZNSE2573sz":
            image = Image.new("RGB", (side, side), PAPER)
            ImageDraw.Draw(image).text((side / 2, side / 2), one, ink, face, "mm")
            pictures[f"letter {style} {one}"] = image
    return copied(pictures, rng, 8)


def _glyph(side: int, rng: np.random.Generator) -> Image.Image:
    """A symbol of a few strokes, drawn in one colour on white."""
    big = Image.new("RGB", (4 * side,) * 2, PAPER)
    pen, ink = ImageDraw.Draw(big), tuple(rng.integers(0, 150, 3).tolist())
    for _ in range(int(rng.integers(2, 5))):
        x, y = (rng.uniform(0.22, 0.5, 2) * 4 * side).tolist()
        w, h = (rng.uniform(0.12, 0.3, 2) * 4 * side).tolist()
        [pen.ellipse, pen.rectangle, pen.arc][rng.integers(2)]((x, y, x + w, y + h), fill=ink)
        pen.line((x, y, x + 1.2 * w, y + 0.4 * h), PAPER, side // 8)
        pen.line((x, y + h, x + 1.1 * w, y), ink, side // 6)
    return big.resize((side, side), Image.Resampling.LANCZOS)


def framed(rng: np.random.Generator) -> Made:
    """Icons, the same in a frame or a ring, and with a dot in a corner."""
    pictures = {}
    for k in range(14):
        side = int(rng.integers(64, 160))
        plain = _glyph(side, rng)
        pictures[f"icon {k} plain"] = plain
        rim, ink = side // int(rng.integers(6, 13)), tuple(rng.integers(0, 200, 3).tolist())
        wide = ImageOps.expand(plain, rim, PAPER)
        pen, box = (
            ImageDraw.Draw(wide),
            (rim // 3, rim // 3, wide.width - rim // 3, wide.height - rim // 3),
        )
        if k % 2:
            pen.rectangle(box, outline=ink, width=max(2, rim // 2))
        else:
            pen.rounded_rectangle(box, rim, outline=ink, width=max(2, rim // 3))
        pictures[f"icon {k} framed"] = wide
        dotted = plain.copy()
        d = max(5, side // 9)
        ImageDraw.Draw(dotted).ellipse((side - d - 2, 2, side - 2, d + 2), fill=(220, 30, 30))
        pictures[f"icon {k} dotted"] = dotted
    return copied(pictures, rng, 8)


def _screen(layout: np.random.Generator, clock: str, number: tuple[int, str] | None) -> Image.Image:
    """A window of a program with a clock, and one number set."""
    w, h = [(1280, 800), (1440, 900), (1920, 1080)][layout.integers(3)]
    dark = bool(layout.integers(2))
    ground, ink = ((32, 34, 38), (225, 226, 230)) if dark else ((250, 250, 252), (30, 32, 36))
    bar = tuple(layout.integers(40, 200, 3).tolist())
    image = Image.new("RGB", (w, h), ground)
    pen, size = ImageDraw.Draw(image), int(layout.integers(13, 19))
    pen.rectangle((0, 0, w, 34), bar)
    pen.rectangle(
        (0, 34, int(layout.integers(150, 260)), h), tuple((np.array(ground) * 9 // 10).tolist())
    )
    face = font(size)
    at = 0
    for row in range(int(layout.integers(12, 24))):
        y = 60 + row * (size + 12)
        words = "".join(layout.choice(list("abcdefghilmnoprstu "), int(layout.integers(8, 24))))
        pen.text((280, y), words, ink, face)
        for column in range(4):
            value = f"{int(layout.integers(0, 9999))}"
            if number and at == number[0]:
                value = number[1]
            pen.text((620 + column * 130, y), value, ink, face)
            at += 1
    for k in range(8):
        pen.text((14, 60 + k * 40), f"Item {k + 1}", ink, face)
    pen.text((w - 70, 9), clock, (255, 255, 255), font(15))
    return image


def screens(rng: np.random.Generator) -> Made:
    """Screenshots that differ in the clock, or in one number."""
    pictures = {}
    for k in range(7):
        seed = int(rng.integers(1 << 30))
        hour, minute = int(rng.integers(8, 19)), int(rng.integers(0, 58))
        pictures[f"screen {k} first"] = _screen(
            np.random.default_rng(seed), f"{hour}:{minute:02}", None
        )
        pictures[f"screen {k} minute"] = _screen(
            np.random.default_rng(seed), f"{hour}:{minute + 1:02}", None
        )
        pictures[f"screen {k} later"] = _screen(
            np.random.default_rng(seed), f"{hour}:{(minute + 27) % 60:02}", None
        )
        pictures[f"screen {k} number"] = _screen(
            np.random.default_rng(seed),
            f"{hour}:{minute:02}",
            (int(rng.integers(30)), f"{int(rng.integers(0, 9999))}"),
        )
    return copied(pictures, rng, 8)


def switches(rng: np.random.Generator) -> Made:
    """Lists of settings as a phone shows them, of which one switch is turned."""
    pictures = {}
    for k in range(6):
        w, h, seed = 540, 960, int(rng.integers(1 << 30))
        ink, on = (35, 35, 40), tuple(rng.integers(30, 200, 3).tolist())
        state = rng.integers(0, 2, 12)
        for turned in (-1, *rng.choice(12, 2, replace=False).tolist()):
            layout = np.random.default_rng(seed)
            image = Image.new("RGB", (w, h), (248, 248, 250))
            pen, face = ImageDraw.Draw(image), font(22)
            for row in range(12):
                y = 40 + row * 74
                pen.text(
                    (30, y), "".join(layout.choice(list("abcdefghilmnoprstu "), 14)), ink, face
                )
                lit = bool(state[row]) != (row == turned)
                pen.rounded_rectangle((440, y, 492, y + 28), 14, on if lit else (200, 200, 204))
                x = 468 if lit else 444
                pen.ellipse((x, y + 3, x + 22, y + 25), (255, 255, 255))
            pictures[f"switches {k} {turned}"] = image
    return copied(pictures, rng, 6)


def charts(rng: np.random.Generator) -> Made:
    """Bar charts of one layout, of which one bar is higher."""
    pictures = {}
    for k in range(6):
        values, ink = rng.uniform(0.2, 0.9, 9), tuple(rng.integers(20, 190, 3).tolist())
        for changed in (-1, *rng.choice(9, 2, replace=False).tolist()):
            image = Image.new("RGB", (640, 480), PAPER)
            pen, face = ImageDraw.Draw(image), font(14)
            pen.line((60, 30, 60, 430, 610, 430), INK, 2)
            pen.text((250, 8), f"Sales {2001 + k}", INK, face)
            for bar, value in enumerate(values):
                value = value + 0.06 * (bar == changed)
                pen.rectangle((80 + 58 * bar, 430 - 390 * value, 115 + 58 * bar, 430), ink)
                pen.text((86 + 58 * bar, 436), "ABCDEFGHI"[bar], INK, face)
            pictures[f"chart {k} {changed}"] = image
    return copied(pictures, rng, 6)


def rescanned(page: Image.Image, rng: np.random.Generator) -> bytes:
    """A page laid on the glass once more: moved, a little turned, other light, other grain."""
    turned = page.rotate(float(rng.uniform(-0.35, 0.35)), Image.Resampling.BICUBIC, fillcolor=250)
    moved = Image.new("L", page.size, 250)
    moved.paste(turned, tuple(rng.integers(-5, 6, 2).tolist()))
    grey = gaussian_filter(np.asarray(moved, float), 0.5) * rng.uniform(0.95, 1.0)
    grey = grey + rng.normal(0, 4, grey.shape)
    return file(
        Image.fromarray(grey.clip(0, 255).astype(np.uint8)), "jpeg", int(rng.integers(60, 85))
    )


def forms(rng: np.random.Generator) -> Made:
    """Scans of one printed form with other entries, some of them scanned twice."""
    blank = Image.new("L", (620, 877), 250)
    pen, face = ImageDraw.Draw(blank), font(13)
    pen.text((180, 40), "APPLICATION FOR A CARD", 20, font(20))
    labels = [
        "Name",
        "First name",
        "Born",
        "Street",
        "Town",
        "Phone",
        "Mail",
        "Job",
        "Since",
        "Sum",
        "Account",
        "Date",
    ]
    for k, label in enumerate(labels):
        pen.text((60, 110 + 56 * k), label, 30, face)
        pen.rectangle((190, 104 + 56 * k, 560, 132 + 56 * k), outline=60)
    for k in range(3):
        pen.text(
            (60, 790 + 20 * k),
            "By signing I confirm that what is written above is true and",
            40,
            font(11),
        )
    pages = {}
    for k in range(30):
        page, hand = blank.copy(), font(int(rng.integers(14, 19)), rng)
        for row in range(len(labels)):
            word = "".join(
                rng.choice(list("abcdefghijklmnoprstuvw 0123456789"), int(rng.integers(4, 22)))
            )
            ImageDraw.Draw(page).text(
                (198 + int(rng.integers(0, 9)), 108 + 56 * row + int(rng.integers(-3, 4))),
                word,
                int(rng.integers(20, 70)),
                hand,
            )
        pages[f"form {k}"] = page
    made = [(content, rescanned(page, rng)) for content, page in pages.items()]
    made += [
        (str(c), rescanned(pages[str(c)], rng)) for c in rng.choice(sorted(pages), 5, replace=False)
    ]
    order = rng.permutation(len(made))
    return {f"{k:03}.jpg": made[i] for k, i in enumerate(order)}


def scenery(seed: int, width: int = 640, height: int = 480) -> np.ndarray:
    """A picture with structure at all sizes, as a photograph has it, `(h, w, 3)` 0..255."""
    rng = np.random.default_rng(seed)
    flat = sum(
        gaussian_filter(rng.normal(size=(height, width, 3)), (s, s, 0.7)) * s
        for s in (1, 4, 14, 40)
    )
    flat = (flat - flat.min()) / np.ptp(flat)
    return 25 + 200 * flat


def camera(rng: np.random.Generator) -> Made:
    """Frames of a fixed camera; in some of them something small is to be seen."""
    made = []
    for place in range(2):
        ground = scenery(int(rng.integers(1 << 30)))
        for k in range(12):
            frame, content = ground.copy(), f"camera {place} empty"
            if k >= 4:
                side = int(rng.integers(14, 40))
                y, x = int(rng.integers(0, 480 - side)), int(rng.integers(0, 640 - side))
                thing = scenery(int(rng.integers(1 << 30)), side, side // 2 + 4)
                frame[y : y + len(thing), x : x + side] = thing * rng.uniform(0.4, 1.2)
                content = f"camera {place} event {k}"
            frame = frame * rng.uniform(0.97, 1.03) + rng.normal(0, 2, frame.shape)
            made.append(
                (content, file(Image.fromarray(frame.clip(0, 255).astype(np.uint8)), "jpeg", 90))
            )
    order = rng.permutation(len(made))
    return {f"{k:03}.jpg": made[i] for k, i in enumerate(order)}


def hands(rng: np.random.Generator) -> Made:
    """X-rays of left and right hands: a mirrored one is another hand."""
    pictures = {}
    for person in range(14):
        grey = np.zeros((320, 240))
        pen_image = Image.new("L", (240, 320), 0)
        pen, palm = ImageDraw.Draw(pen_image), int(rng.integers(165, 180))
        pen.ellipse((60, palm, 180, palm + 120), fill=120)
        for finger, (x, long) in enumerate(
            zip((52, 84, 112, 140, 172), (70, 130, 145, 130, 100), strict=True)
        ):
            x = x + int(rng.integers(-4, 5))
            long = long * rng.uniform(0.92, 1.08)
            lean = (finger - 2) * 6
            y = palm + 40
            pen.line((x, y, x + lean, y - long), 110, 22)
            for part in range(3):
                a, b = part / 3 + 0.03, (part + 1) / 3 - 0.03
                pen.line((x + lean * a, y - long * a, x + lean * b, y - long * b), 205, 9)
        grey = gaussian_filter(np.asarray(pen_image, float), rng.uniform(1.0, 1.8)) + rng.normal(
            0, 3, (320, 240)
        )
        one = Image.fromarray((20 + grey).clip(0, 255).astype(np.uint8))
        pictures[f"hand {person} left"] = one
        noisy = np.asarray(ImageOps.mirror(one), float) + rng.normal(0, 3, (320, 240))
        pictures[f"hand {person} right"] = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
    return copied(pictures, rng, 6)


def _desk(layout: np.random.Generator, clock: str, number: str) -> Image.Image:
    """A screen full of windows: code in colours, small photographs, a clock, a number."""
    w, h = [(1280, 800), (1600, 900), (1920, 1080)][layout.integers(3)]
    dark = bool(layout.integers(2))
    ground = (30, 31, 34) if dark else (252, 252, 253)
    inks = [tuple(one) for one in layout.integers(*((110, 250) if dark else (0, 150)), (6, 3))]
    image = Image.new("RGB", (w, h), ground)
    pen, size = ImageDraw.Draw(image), int(layout.integers(9, 13))
    face = font(size)
    for left in range(0, w - 300, 420):
        for y in range(40, h - 40, size + 4):
            x = left + 10 + 14 * int(layout.integers(0, 4))
            while x < left + 390:
                letters = layout.choice(list(SIGNS), layout.integers(2, 11))
                pen.text((x, y), "".join(letters), tuple(map(int, inks[layout.integers(6)])), face)
                x += size * 0.62 * (len(letters) + 1)
    for _ in range(int(layout.integers(2, 6))):
        photo = scenery(int(layout.integers(1 << 30)), 160, 120).astype(np.uint8)
        at = layout.integers((0, 40), (w - 160, h - 160)).tolist()
        image.paste(Image.fromarray(photo), tuple(at))
    pen.rectangle((0, 0, w, 30), tuple(map(int, inks[0])))
    pen.text((w - 80, 8), clock, (0, 0, 0) if dark else (255, 255, 255), font(14))
    x, y = layout.integers(60, (w - 120, h - 80)).tolist()
    pen.rectangle((x, y, x + 60, y + 18), ground)
    pen.text((x + 4, y + 3), number, tuple(map(int, inks[1])), face)
    return image


def dense(rng: np.random.Generator) -> Made:
    """Screens full of windows saved as JPEG, which differ in the clock or in one number."""
    pictures, quality = {}, int(rng.integers(55, 92))
    for k in range(5):
        seed, number = int(rng.integers(1 << 30)), f"{rng.integers(1000, 9999)}"
        hour, minute = int(rng.integers(8, 19)), int(rng.integers(0, 58))
        for name, clock, told in (
            ("first", f"{hour}:{minute:02}", number),
            ("minute", f"{hour}:{minute + 1:02}", number),
            ("later", f"{hour + 3}:{(minute + 27) % 60:02}", number),
            ("number", f"{hour}:{minute:02}", f"{rng.integers(1000, 9999)}"),
        ):
            pictures[f"dense {k} {name}"] = _desk(np.random.default_rng(seed), clock, told)
    made = [(content, file(image, "jpeg", quality)) for content, image in pictures.items()]
    for content in rng.choice(sorted(pictures), 4, replace=False):
        made.append((str(content), file(pictures[str(content)], "jpeg", int(rng.integers(50, 80)))))
    order = rng.permutation(len(made))
    return {f"{k:03}.jpg": made[i] for k, i in enumerate(order)}


MAKERS: dict[str, Callable[[np.random.Generator], Made]] = {
    f.__name__: f
    for f in (arrows, letters, framed, screens, switches, charts, forms, camera, hands, dense)
}


def mixed(rng: np.random.Generator) -> Made:
    """Some of every kind in one folder."""
    made = {}
    for name, maker in MAKERS.items():
        files = list(maker(rng).items())
        made |= {f"{name}/{file_name}": of for file_name, of in files[::2]}
    return made


def folders(seed: int) -> Iterator[tuple[str, Made]]:
    """Every folder of a seed."""
    for at, (name, maker) in enumerate((MAKERS | {"mixed": mixed}).items()):
        yield name, maker(np.random.default_rng([seed, at]))
