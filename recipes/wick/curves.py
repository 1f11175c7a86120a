"""The curves of a training, from its CSV file: python recipes/wick/curves.py training.csv curves.png"""

import csv
import sys
from pathlib import Path

import matplotlib.pyplot as plt


def draw(log: Path, picture: Path) -> None:
    """One panel for the loss and one for the likeness of features, by epoch, in training and validation."""
    with open(log, newline="") as file:
        rows = list(csv.DictReader(file))
    figure, panels = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    for panel, name, title in zip(
        panels, ("loss", "cosine_similarity"), ("loss", "cosine with the teacher's features")
    ):
        for key, label, style in ((name, "training views", "-"), (f"val_{name}", "photos kept apart", "o-")):
            points = [(int(row["epoch"]) + 1, float(row[key])) for row in rows if row.get(key) not in (None, "", "NA")]
            panel.plot(*zip(*points), style, label=label, markersize=3, linewidth=1.2)
        panel.set(title=title, xlabel="epoch")
        panel.grid(alpha=0.3)
    panels[0].legend(frameon=False)
    figure.savefig(picture, dpi=120)
    plt.close(figure)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
