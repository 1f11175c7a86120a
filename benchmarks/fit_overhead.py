"""What a step of `fit` costs on torch: ours, a loop written by hand, and Keras, all in one run, taking turns.

    python benchmarks/fit_overhead.py [--repeats 5] [--threads 1] [--no-keras]

"by hand" is the loop of the tutorials: batches cut from shuffled tensors, torch.optim.Adam with its defaults, and
`total += loss.item()`. "no .item()" leaves the reading away, "fused" takes torch's fused Adam as well, "DataLoader"
reads with a DataLoader over a TensorDataset. Each time is the best of the repeats, in microseconds per step.
"""

import argparse
import os
import time

os.environ["KERAS_BACKEND"] = "torch"

CASES = {
    "MLP 20-32-10, batch 32": ((20, 32, 10), 32, 300),
    "MLP 784-512-512-10, batch 128": ((784, 512, 512, 10), 128, 40),
}


def by_hand(sizes, x, y, batch, item=True, fused=False, loader=False):
    """A function that trains one epoch."""
    import torch
    from torch import nn

    parts = []
    for inputs, outputs in zip(sizes[:-1], sizes[1:]):
        parts += [nn.Linear(inputs, outputs), nn.ReLU()]
    device = "cuda" if torch.cuda.is_available() else "cpu"  # where Lanthorn and Keras go too
    model, criterion = nn.Sequential(*parts[:-1]).to(device), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), fused=fused)
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=batch, shuffle=True)

    def cut():
        order = torch.randperm(len(x))
        for start in range(0, len(x), batch):
            where = order[start : start + batch]
            yield x[where], y[where]

    def epoch():
        model.train()
        total = 0.0
        for bx, by in data if loader else cut():
            bx, by = bx.to(device), by.to(device)
            optimizer.zero_grad()
            loss = criterion(model(bx), by)
            loss.backward()
            optimizer.step()
            total += loss.item() if item else loss.detach()
        return float(total)

    return epoch


def by_fit(library, sizes, x, y, batch, metrics=None):
    """A function that trains one epoch with `fit` of Lanthorn or Keras."""
    layers = [library.layers.Input((sizes[0],))] if hasattr(library.layers, "Input") else [library.Input((sizes[0],))]
    layers += [library.layers.Dense(n, activation="relu") for n in sizes[1:-1]] + [library.layers.Dense(sizes[-1])]
    model = library.Sequential(layers)
    loss = library.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(library.optimizers.Adam(), loss, metrics=metrics)
    return lambda: model.fit(x, y, batch_size=batch, epochs=1, verbose=0)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=0, help="torch's threads; 0 leaves them alone")
    parser.add_argument("--no-keras", action="store_true")
    chosen = parser.parse_args()

    import numpy as np
    import torch

    import lanthorn

    lanthorn.set_engine("torch")
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    keras = None
    if not chosen.no_keras:
        import keras
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    print(
        f"torch {torch.__version__} on {device}, {torch.get_num_threads()} threads, lanthorn {lanthorn.__version__}",
        end="",
    )
    print(f", Keras {keras.__version__}\n" if keras else "\n")

    rng = np.random.default_rng(0)
    for title, (sizes, batch, steps) in CASES.items():
        x = rng.normal(size=(batch * steps, sizes[0])).astype("float32")
        y = rng.integers(0, sizes[-1], batch * steps)
        runs = {
            "by hand": by_hand(sizes, x, y, batch),
            "by hand, no .item()": by_hand(sizes, x, y, batch, item=False),
            "by hand, no .item(), fused": by_hand(sizes, x, y, batch, item=False, fused=True),
            "by hand, DataLoader": by_hand(sizes, x, y, batch, loader=True),
            "lanthorn fit": by_fit(lanthorn, sizes, x, y, batch),
            "lanthorn fit, with accuracy": by_fit(lanthorn, sizes, x, y, batch, ["accuracy"]),
        }
        if keras:
            runs["Keras fit"] = by_fit(keras, sizes, x, y, batch)
            runs["Keras fit, with accuracy"] = by_fit(keras, sizes, x, y, batch, ["accuracy"])
        best = dict.fromkeys(runs, float("inf"))
        for run in runs.values():
            run()  # warm up
        for _ in range(chosen.repeats):
            for name, run in runs.items():
                start = time.perf_counter()
                run()
                best[name] = min(best[name], (time.perf_counter() - start) / steps * 1e6)
        print(title)
        for name, micros in best.items():
            print(f"  {name:<30}{micros:>9.0f} us/step   {micros / best['by hand']:>6.2f} x by hand")
        print()


if __name__ == "__main__":
    main()
