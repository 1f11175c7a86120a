"""What a check found: a summary that fits a screen, a dict for JSON, an exit code, numbers for the model's file."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..folder import Folder
from ..listing import is_picture
from .classes import Imbalance
from .fixing import fix
from .page import write_page
from .summary import summary_lines
from .twins import Duplicate, Twin


class WrongLabel(NamedTuple):
    """A photo whose label is suspicious: it is in class `given`, `proposed` is likelier; the least `score` is worst."""

    path: str
    given: str
    proposed: str
    score: float


@dataclass
class CheckReport:
    """What `check_photos` found. Prints as a summary of at most 24 lines.

    `severity`, which is also the exit code of `lanthorn check`, is 1 where something spoils training or its measure:
    pictures that cannot be read, validation pictures in the training set, one photo under two labels, two spellings of
    one class, a class with fewer than two photos. All else (imbalance, copies, poor pictures, suspicious labels) is
    worth a look and leaves it 0.
    """

    pictures: int
    broken: dict[str, str] = field(default_factory=dict)  # path: reason
    odd: dict[str, list[str]] = field(default_factory=dict)  # what is odd about how they are stored: paths
    stray: list[str] = field(default_factory=list)  # files that belong to no class, pictures among them
    duplicates: list[Duplicate] = field(default_factory=list)  # validation pictures that are in the training set
    counts: dict[str, int] = field(default_factory=dict)  # photos per class
    leaking: list[Duplicate] = field(default_factory=list)  # as `duplicates`, but all their pairs, not the best of each
    compared: bool = False  # whether training and validation were compared
    misnamed: dict[str, list[str]] = field(default_factory=dict)  # 'PNG named .jpg': paths
    poor: dict[str, list[str]] = field(default_factory=dict)  # 'look blurred': paths
    two_labels: list[Twin] = field(default_factory=list)  # one photo in two classes
    copies: list[Twin] = field(default_factory=list)  # one photo twice in a class, on one side of the split
    imbalance: Imbalance | None = None
    few: dict[str, int] = field(default_factory=dict)  # classes with fewer than ten photos
    spellings: list[tuple[str, ...]] = field(default_factory=list)  # names that are probably one class
    suspects: list[WrongLabel] = field(default_factory=list)  # the worst first
    suspects_sought: bool = False
    weights_help: bool = field(default=True, repr=False)  # whether classes could be weighed, and are not yet
    sets: Sequence[Folder] = field(default=(), repr=False)  # training, then validation, as they were checked

    @property
    def classified(self) -> int:
        """How many pictures there are in the classes: those that can be read, or were not left out before."""
        return sum(self.counts.values())

    @property
    def severity(self) -> int:
        """0: fine, or only worth a look; 1: something spoils training or its measure."""
        lonely = any(n < 2 for n in self.counts.values())
        return int(bool(self.broken or self.duplicates or self.two_labels or self.spellings or lonely))

    @property
    def ok(self) -> bool:
        """Whether nothing was found that spoils training or its measure."""
        return self.severity == 0

    @property
    def loose(self) -> list[str]:
        """Pictures that belong to no class: they lie beside the class folders."""
        return [path for path in self.stray if is_picture(path)]

    @property
    def root(self) -> str:
        """The folder that all the pictures are in."""
        roots = [os.path.abspath(some.root) for some in self.sets]
        try:
            return os.path.commonpath(roots) if roots else ""
        except ValueError:  # on two drives
            return ""

    def name(self, path: str) -> str:
        """A path as it is shown: relative to `root`."""
        root = self.root
        absolute = os.path.abspath(path)
        return os.path.relpath(absolute, root) if root and absolute.startswith(os.path.join(root, "")) else path

    def __str__(self):
        return "\n".join(summary_lines(self))

    def to_dict(self) -> dict[str, Any]:
        """Everything, as `json.dumps` takes it; paths are as they were given.

        >>> CheckReport(2, counts={"cat": 1, "dog": 1}).to_dict()["severity"]
        1
        """
        return {
            "severity": self.severity,
            "pictures": self.pictures,
            "counts": self.counts,
            "two_labels": [_twin(t) for t in self.two_labels],
            "in_both_sets": [vars(d) for d in self.duplicates],
            "both_sets_compared": self.compared,
            "unreadable": self.broken,
            "spellings": [list(names) for names in self.spellings],
            "imbalance": self.imbalance and self.imbalance._asdict(),
            "fewer_than_ten": self.few,
            "suspicious_labels": [found._asdict() for found in self.suspects],
            "suspicious_labels_sought": self.suspects_sought,
            "copies": [_twin(t) for t in self.copies],
            "poor": self.poor,
            "misnamed": self.misnamed,
            "odd": self.odd,
            "beside_the_classes": self.loose,
            "ignored": [path for path in self.stray if path not in set(self.loose)],
        }

    def summary(self) -> dict[str, Any]:
        """The numbers alone, without names of files or a date: for the model's file."""
        loose = len(self.loose)
        numbers = {
            "pictures": self.pictures,
            "counts": dict(self.counts),
            "two_labels": len(self.two_labels),
            "in_both_sets": len(self.duplicates) if self.compared else None,
            "unreadable": len(self.broken),
            "spellings": len(self.spellings),
            "suspicious_labels": len(self.suspects) if self.suspects_sought else None,
            "copies": len(self.copies),
            "poor": {what: len(paths) for what, paths in self.poor.items()},
            "misnamed": sum(map(len, self.misnamed.values())),
            "odd": {what: len(paths) for what, paths in self.odd.items()},
            "beside_the_classes": loose,
            "ignored": len(self.stray) - loose,
        }
        return numbers

    def page(self, path: str | os.PathLike, title: str = "") -> None:
        """Writes one HTML file with the pictures side by side; it needs no other file and stays under 10 MB."""
        write_page(self, os.fspath(path), title)

    def fix(self, target: str | os.PathLike) -> dict[str, int]:
        """Writes a cleaned copy of the photos, or a list of moves where `target` ends in .csv; see `fixing.fix`."""
        return fix(self, target)


def _twin(twin: Twin) -> dict[str, Any]:
    return {"first": twin.first, "second": twin.second, "kind": twin.kind, "classes": list(twin.classes)}
