"""Photos as small JPEGs that stand in the page itself, made so that all of them fit into what room there is."""

from collections.abc import Hashable, Sequence
from typing import Any

from ...data.checking.markup import Thumbnail as Thumbnail
from ...data.checking.markup import encoded as encoded
from ...data.checking.markup import picture as picture
from ...data.workers import default_workers, for_each

LADDER = ((160, 74), (144, 66), (120, 62), (96, 58), (72, 52))  # pixels of the longer side, JPEG quality
TRIED = 32  # photos from which it is judged which step of the ladder fits


def thumbnails(sources: Sequence[Hashable], room: int, largest: int = 160) -> dict[Any, Thumbnail]:
    """Thumbnails of photos in at most `room` bytes of the page: as large and good as fits, else evenly chosen ones."""

    def one(source, step):
        image = picture(source, step[0])
        return None if image is None else encoded(image, *step)

    def all_of(some, step):
        made = for_each(lambda k: one(some[k], step), len(some), default_workers())
        return {source: each for source, each in zip(some, made, strict=True) if each is not None}

    if not sources:
        return {}
    ladder = [step for step in LADDER if step[0] <= largest] or [LADDER[-1]]
    sample, step, mean = evenly(sources, TRIED), ladder[-1], 0.0
    for step in ladder:
        tried = all_of(sample, step)
        mean = sum(len(each.data) for each in tried.values()) / max(1, len(tried))
        if mean * len(sources) <= 0.9 * room:
            break
    some = sources if mean * len(sources) <= 0.9 * room else evenly(sources, max(1, int(0.9 * room / max(mean, 1))))
    kept, used = {}, 0
    for source, each in all_of(some, step).items():
        used += len(each.data)
        if used > room:
            break
        kept[source] = each
    return kept


def evenly(items: Sequence, most: int) -> list:
    """At most `most` of the items, spread over all of them."""
    if len(items) <= most:
        return list(items)
    return [items[(2 * k + 1) * len(items) // (2 * most)] for k in range(most)]
