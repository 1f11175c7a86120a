"""Where the boxes and arrows of a graph go: in layers, each box after those that lead to it, arrows mostly straight.

The steps are those of Sugiyama, Tagawa and Toda (1981): ranks by the longest path, an order within each rank that
crosses few arrows, and places near the neighbours'. Where an arrow passes a rank, an empty place keeps the way free.
"""

from collections.abc import Hashable, Sequence

GAP, BETWEEN = 28, 44  # pixels between two boxes of a rank, and between ranks
SWEEPS = 8


class Layout:
    """Places for boxes of given sizes.

    Args:
        sizes: {box: (extent across, extent along the flow)}.
        edges: pairs of boxes.
        groups: {box: what it belongs to}: boxes of one group stay together.

    Attributes:
        places: {box: (middle across, middle along)}. routes: {edge: the points that its arrow goes through}.
        across, along: the extent of the whole.
    """

    def __init__(self, sizes: dict, edges: Sequence[tuple], groups: dict | None = None):
        self.sizes, self.edges, self.groups = dict(sizes), list(dict.fromkeys(edges)), dict(groups or {})
        self.ranks = self._ranks()
        self.chains = {edge: self._chain(edge) for edge in self.edges}
        self._neighbours()
        self.rows = self._ordered()
        self.places, self.across = self._placed()
        self.routes = {edge: self._route(chain) for edge, chain in self.chains.items()}

    def _ranks(self) -> dict[Hashable, int]:
        """The longest way to each box; an arrow that closes a circle (a layer that is called twice) does not count."""
        before: dict = {box: [a for a, b in self.edges if b == box] for box in self.sizes}
        ranks: dict = {}
        on_the_way: set = set()
        for start in self.sizes:  # no recursion: networks may have thousands of layers
            stack = [start]
            while stack:
                box = stack[-1]
                on_the_way.add(box)
                ahead = [a for a in before[box] if a not in ranks and a not in on_the_way]
                if ahead and box not in ranks:
                    stack.extend(ahead[:1])
                    continue
                stack.pop()
                on_the_way.discard(box)
                ranks.setdefault(box, max((ranks[a] + 1 for a in before[box] if a in ranks), default=0))
        return ranks

    def _chain(self, edge: tuple) -> list:
        """The boxes and empty places from the edge's start to its end, one in each rank."""
        start, end = edge
        step = 1 if self.ranks[end] >= self.ranks[start] else -1
        between = [(edge, rank) for rank in range(self.ranks[start] + step, self.ranks[end], step)]
        for place in between:
            self.sizes[place], self.ranks[place] = (0, 0), place[1]
            if self.groups.get(start) == self.groups.get(end):
                self.groups[place] = self.groups.get(start)
        return [start, *between, end]

    def _neighbours(self) -> None:
        self.above: dict = {box: [] for box in self.sizes}
        self.below: dict = {box: [] for box in self.sizes}
        for chain in self.chains.values():
            for a, b in zip(chain, chain[1:], strict=False):
                if self.ranks[a] > self.ranks[b]:
                    a, b = b, a
                self.above[b].append(a)
                self.below[a].append(b)

    def _ordered(self) -> list[list]:
        rows: list[list] = [[] for _ in range(max(self.ranks.values()) + 1)]
        for box, rank in self.ranks.items():
            rows[rank].append(box)
        position = {box: i for row in rows for i, box in enumerate(row)}
        for sweep in range(SWEEPS):
            down = sweep % 2 == 0
            for row in rows if down else reversed(rows):
                near = self.above if down else self.below
                middle = {box: _mean([position[n] for n in near[box]], position[box]) for box in row}
                members: dict = {}
                for box in row:
                    members.setdefault(self.groups.get(box, box), []).append(middle[box])
                groups = {group: (_mean(values, 0), str(group)) for group, values in members.items()}
                row.sort(key=lambda box, at=groups, own=middle: (*at[self.groups.get(box, box)], own[box]))
                position.update((box, i) for i, box in enumerate(row))
        return rows

    def _placed(self) -> tuple[dict, float]:
        across: dict = {}
        for row in self.rows:
            edge = -sum(self.sizes[box][0] + GAP for box in row) / 2
            for box in row:
                across[box] = edge + (self.sizes[box][0] + GAP) / 2
                edge += self.sizes[box][0] + GAP
        for sweep in range(SWEEPS):
            near = self.above if sweep % 2 == 0 else self.below
            for row in self.rows if sweep % 2 == 0 else reversed(self.rows):
                wanted = [_mean([across[n] for n in near[box]], across[box]) for box in row]
                self._spread(row, wanted, across)
        left = min(across[box] - self.sizes[box][0] / 2 for box in across)
        width = max(across[box] + self.sizes[box][0] / 2 for box in across) - left
        places, edge = {}, 0.0
        for row in self.rows:
            depth = max(self.sizes[box][1] for box in row)
            places |= {box: (across[box] - left, edge + depth / 2) for box in row}
            edge += depth + BETWEEN
        self.along = edge - BETWEEN
        return places, width

    def _spread(self, row: list, wanted: list[float], across: dict) -> None:
        """As near to the wanted places as the boxes' extents allow: clusters of boxes that touch move as one."""
        blocks: list[list] = []  # [boxes, offsets of each from the first, the sum of (wanted - offset)]
        for box, want in zip(row, wanted, strict=True):
            blocks.append([[box], [0.0], want])
            while len(blocks) > 1:
                (boxes, offsets, total), (more, others, rest) = blocks[-2:]
                end = total / len(boxes) + offsets[-1] + self.sizes[boxes[-1]][0] / 2 + GAP
                if end <= rest / len(more) - self.sizes[more[0]][0] / 2 + 1e-6:
                    break
                shift = offsets[-1] + self.sizes[boxes[-1]][0] / 2 + GAP + self.sizes[more[0]][0] / 2
                blocks[-2:] = [[boxes + more, offsets + [o + shift for o in others], total + rest - shift * len(more)]]
        for boxes, offsets, total in blocks:
            across.update((box, total / len(boxes) + o) for box, o in zip(boxes, offsets, strict=True))

    def _route(self, chain: list) -> list[tuple[float, float]]:
        """From the end of the first box to the beginning of the last; straight down through the ranks between."""
        back = self.ranks[chain[0]] > self.ranks[chain[-1]]
        points: list[tuple[float, float]] = []
        for i, box in enumerate(chain):
            (x, y), depth = self.places[box], max(self.sizes[b][1] for b in self.rows[self.ranks[box]])
            own = self.sizes[box][1]
            if i == 0:
                points.append((x, y + (-own if back else own) / 2))
            elif i == len(chain) - 1:
                points.append((x, y + (own if back else -own) / 2))
            else:
                points += [(x, y + sign * depth / 2) for sign in ((1, -1) if back else (-1, 1))]
        return points


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
