"""The photos that were named wrong, those named right with little certainty, and all the others, class by class."""

from collections import Counter

from ...data.words import counted
from . import markup
from .maps import Thumbnail
from .markup import name, path, percent
from .measured import Measured

TOGETHER = 3  # mistakes of one kind that get a heading of their own
MOST_CARDS = 240  # photos that get a picture among the wrong ones; beyond, names


class Album:
    """The pictures at hand: of photos, by number, and of where the network looked."""

    def __init__(self, measured: Measured, photos: dict[int, Thumbnail], maps: dict[int, Thumbnail]):
        self.measured, self.photos, self.maps = measured, photos, maps

    def card(self, number: int) -> str:
        """One photo with its map, its name, and what the network made of it."""
        seen, names = self.measured, self.measured.evaluation.class_names
        label, answer = int(seen.evaluation.labels[number]), int(seen.answers[number])
        title = seen.names[number]
        pictures = []
        if number in self.photos:
            pictures.append(self.photos[number].img(title))
        if number in self.maps:
            pictures.append(self.maps[number].img(f"where the network saw {names[answer]} in {title}"))
        row = seen.table[number]
        shown = list(dict.fromkeys([*row.argsort(kind="stable")[::-1][: 2 if len(row) > 1 else 1].tolist(), label]))
        bars = "".join(_bar(names[k], float(row[k]), k == label) for k in shown)
        said = f"{name(names[label])}, taken for {name(names[answer])}" if label != answer else name(names[label])
        side = f'<div class="side">{"".join(pictures)}</div>' if pictures else '<p class="faint">(no picture)</p>'
        return (
            f'<li class="card" id="photo-{number}"><figure>{side}<figcaption><span class="file">{path(title)}</span>'
            f'<span class="said">{said}</span></figcaption></figure><ul class="bars">{bars}</ul></li>'
        )

    def small(self, number: int) -> str:
        """A photo of a gallery, with its name and how certain the answer was."""
        title, seen = self.measured.names[number], self.measured
        image = self.photos[number].img(title, 0.6) if number in self.photos else ""
        sure = percent(float(seen.table[number].max()), 0)
        return (
            f'<li id="photo-{number}"><figure>{image}<figcaption>{path(title.rpartition("/")[2])} '
            f'<span class="faint">{sure}</span></figcaption></figure></li>'
        )


def _bar(label: str, share: float, right: bool) -> str:
    what = ' <span class="truth">right class</span>' if right else ""
    filled = f'<span class="{"good" if right else "bad"}" style="width:{100 * share:.1f}%"></span>'
    return (
        f'<li><span class="label">{name(label)}{what}</span><span class="n">{percent(share)}</span>'
        f'<span class="track">{filled}</span></li>'
    )


def carded(measured: Measured) -> list[int]:
    """The photos that get a card, in the order of their importance."""
    return [*measured.wrong[:MOST_CARDS], *measured.doubtful[: MOST_CARDS // 2]]


def wrong(album: Album, maps_note: str) -> str:
    """Every photo that was named wrong."""
    measured = album.measured
    if not measured.wrong:
        return "<p>No photo was named wrong.</p>"
    labels, answers, names = measured.evaluation.labels, measured.answers, measured.evaluation.class_names
    carded, rest = measured.wrong[:MOST_CARDS], measured.wrong[MOST_CARDS:]
    groups = Counter((int(labels[i]), int(answers[i])) for i in carded)
    parts, single = [], []
    for (truth, answer), n in sorted(groups.items(), key=lambda item: (-item[1], item[0])):
        mine = [i for i in carded if (labels[i], answers[i]) == (truth, answer)]
        if n < TOGETHER:
            single += mine
            continue
        parts.append(f"<h3>{name(names[truth])} taken for {name(names[answer])} ({n})</h3>{_cards(album, mine)}")
    if single:
        parts.append(("<h3>Others</h3>" if parts else "") + _cards(album, single))
    if rest:
        rows = [
            f'<tr id="photo-{i}"><th scope="row">{path(measured.names[i])}</th><td>{name(names[labels[i]])}</td>'
            f'<td>{name(names[answers[i]])}</td><td class="n">{percent(float(measured.table[i].max()))}</td></tr>'
            for i in rest
        ]
        heads = [("Photo", ""), ("Right class", ""), ("Taken for", ""), ("Probability", 'class="n"')]
        table = markup.table(heads, rows, f"{counted(len(rest), 'more photo')} named wrong")
        parts.append(f"<h3>And by name</h3>{table}")
    return f"<p>{_lead(album, maps_note)}</p>" + "".join(parts)


def _lead(album: Album, maps_note: str) -> str:
    said = "Of each kind, the mistakes of which the network was surest come first."
    if album.maps:
        said += (
            " The second picture shows where the network saw its answer (Grad-CAM): the warmer the colour, the more "
            "that place counted."
        )
        missing = len(carded(album.measured)) - len(album.maps)
        if missing > 0:
            more = f"{counted(missing, 'photo')} more {'has' if missing == 1 else 'have'}"
            said += f" {more} no such picture, to keep the page small."
    return said + (f" {markup.text(maps_note)}" if maps_note else "")


def doubtful(album: Album, below: float) -> str:
    """The photos that were named right, but not surely."""
    measured = album.measured
    shown = measured.doubtful[: MOST_CARDS // 2]
    more = len(measured.doubtful) - len(shown)
    rest = f'<p class="faint">{counted(more, "more photo")} like these: see the classes below.</p>' if more else ""
    return (
        f"<p>Named right with a probability below {percent(below, 0)}, the least certain first. Photos like these are "
        f"the ones to collect more of.</p>{_cards(album, shown)}{rest}"
    )


def _cards(album: Album, numbers: list[int]) -> str:
    return f'<ul class="cards">{"".join(album.card(i) for i in numbers)}</ul>'


def right(album: Album) -> str:
    """All others, a class each: closed, so that the page stays short. The matrix's cells lead here."""
    measured, parts = album.measured, []
    labels, names = measured.evaluation.labels, measured.evaluation.class_names
    cards = set(carded(measured))
    below = [i for i in measured.doubtful if i not in cards]
    others: dict[int, list[int]] = {}
    for i in sorted([*measured.right, *below]):
        others.setdefault(int(labels[i]), []).append(i)
    above = Counter(int(labels[i]) for i in measured.doubtful if i in cards)
    for k, label in enumerate(names):
        mine = others.get(k, [])
        if not mine and not above[k]:
            continue
        seen = [i for i in mine if i in album.photos]
        missing = [i for i in mine if i not in album.photos]
        links = ""
        if above[k]:
            shown = [i for i in measured.doubtful if i in cards and labels[i] == k]
            to = ", ".join(f'<a href="#photo-{i}">{path(measured.names[i].rpartition("/")[2])}</a>' for i in shown)
            links = f"<p>Also right, but doubtful: {to}</p>"
        gallery = f'<ul class="gallery">{"".join(album.small(i) for i in seen)}</ul>' if seen else ""
        left = (
            f'<p class="faint">{counted(len(missing), "more photo")} without a picture here: the page stays small.</p>'
            if missing
            else ""
        )
        total = len(mine) + above[k]
        head = f'{name(label)} <span class="faint">{counted(total, "photo")}</span>'
        parts.append(markup.details(head, links + gallery + left, markup.anchor("right", k)))
    return "".join(parts) or "<p>No photo was named right.</p>"
