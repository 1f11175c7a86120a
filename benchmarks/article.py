"""The article's job as a script: a frozen network with a new head on two classes of photos, by ours or Keras.

    python benchmarks/article.py PHOTOS WEIGHTS --who torch
    python benchmarks/article.py PHOTOS WEIGHTS --who keras-tensorflow

The notebook's augmentation (shear 10, zoom 0.2, flips), three epochs, batches of 32, a head of 128 relu and a softmax;
one training for each seed. PHOTOS holds train/ and validation/. WEIGHTS is a file of the network with its top, in the
older HDF5 layout, which both libraries read, or `none` for random weights. With `--leave-out FILE` (one `class/name` a
line) accuracy is given without those validation photos too: those that have a twin among the training photos.
`--who torch-by-hand` is the article's loop in PyTorch: a DataLoader over Pillow with two workers, the whole network in
each step, `loss.item()`; its network is `model.torch()` of ours, for torchvision's is not at hand everywhere.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
from rows import append

PEERS = ["torch", "jax", "tensorflow", "keras-torch", "keras-jax", "keras-tensorflow", "torch-by-hand"]
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("photos", type=Path)
parser.add_argument("weights")
parser.add_argument("--who", choices=PEERS, required=True)
parser.add_argument("--network", choices=["MobileNetV2", "ResNet50"], default="MobileNetV2")
parser.add_argument("--seeds", type=int, default=5)
parser.add_argument("--first-seed", type=int, default=0)
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--frozen", choices=["auto", "exact", "off"], default="auto", help="see fit; ours only")
parser.add_argument("--leave-out", type=Path)
parser.add_argument("--save", type=Path, help="save the last model there")
parser.add_argument("--json", type=Path, help="append the results to this file")
SHEAR, ZOOM, SIDE, BATCH = 10, 0.2, 224, 32


def libraries(given):
    """Ours or Keras: the names that the run below uses, which are the same."""
    if given.who.startswith("keras-"):
        os.environ["KERAS_BACKEND"] = given.who.removeprefix("keras-")
        import keras
        from keras.src.legacy.preprocessing.image import ImageDataGenerator

        return keras, ImageDataGenerator
    import lanthorn

    lanthorn.set_engine(given.who.removesuffix("-by-hand"))
    return lanthorn, lanthorn.preprocessing.image.ImageDataGenerator


def frozen_base(keras, given):
    """The network up to its last activation, frozen."""
    network, shape = getattr(keras.applications, given.network), (SIDE, SIDE, 3)
    if given.weights == "none":
        base = network(include_top=False, weights=None, input_shape=shape)
    elif given.who.startswith("keras-"):
        whole = network(weights=None)
        whole.load_weights(given.weights)
        base = keras.Model(whole.input, whole.layers[-3].output)  # without the pooling and the classes
    else:
        base = network(include_top=False, weights=given.weights, input_shape=shape)
    for layer in base.layers:
        layer.trainable = False
    return base


def classifier(keras, base):
    x = keras.layers.GlobalAveragePooling2D()(base.output)
    x = keras.layers.Dense(128, activation="relu")(x)
    return keras.Model(base.input, keras.layers.Dense(2, activation="softmax")(x))


def flows(ImageDataGenerator, given, seed, preprocess_input):  # noqa: N803
    shown = {"target_size": (SIDE, SIDE), "class_mode": "binary", "batch_size": BATCH}
    augmented = ImageDataGenerator(
        shear_range=SHEAR, zoom_range=ZOOM, horizontal_flip=True, preprocessing_function=preprocess_input
    )
    plain = ImageDataGenerator(preprocessing_function=preprocess_input)
    train = augmented.flow_from_directory(str(given.photos / "train"), seed=seed, **shown)
    return train, plain.flow_from_directory(str(given.photos / "validation"), shuffle=False, **shown)


def by_hand(given, model, validation):
    """The article's loop in PyTorch."""
    import torch
    from pictures import torch_loader

    module = model.torch()
    device = next(module.parameters()).device
    head = [p for p in module.parameters() if p.requires_grad]
    optimizer, cross_entropy = torch.optim.Adam(head), torch.nn.NLLLoss()
    batches = torch_loader(given.photos / "train", labels=True)
    for epoch in range(given.epochs):
        module.train()
        total = 0.0
        for x, y in batches(epoch):
            x, y = x.permute(0, 2, 3, 1).to(device), y.to(device)
            loss = cross_entropy(torch.log(module(x) + 1e-7), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        module.eval()
        with torch.no_grad():
            right = sum(
                int((module(torch.from_numpy(x).to(device)).argmax(1).cpu().numpy() == y).sum())
                for x, y in one_pass(validation)
            )
        print(f"epoch {epoch + 1}: loss {total / len(batches(epoch)):.4f}, right {right}", flush=True)


def one_pass(flow):
    return (flow[k] for k in range(len(flow)))


def run(keras, ImageDataGenerator, given, seed):  # noqa: N803
    keras.utils.set_random_seed(seed)
    module = {"MobileNetV2": "mobilenet_v2", "ResNet50": "resnet50"}[given.network]
    preprocess_input = getattr(keras.applications, module).preprocess_input
    train, validation = flows(ImageDataGenerator, given, seed, preprocess_input)
    base = frozen_base(keras, given)
    before = [w.copy() for w in base.get_weights()]
    model = classifier(keras, base)
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(), metrics=["accuracy"])
    start = time.perf_counter()
    if given.who.endswith("by-hand"):
        by_hand(given, model, validation)
    else:
        more = {} if given.who.startswith("keras-") else {"frozen": given.frozen}
        model.fit(train, epochs=given.epochs, validation_data=validation, verbose=2, **more)
    seconds = time.perf_counter() - start
    if given.save:
        model.save(str(given.save))
        print(f"saved at {time.time():.3f}", flush=True)  # what follows is not part of the job
    validation.reset()
    right = model.predict(validation, verbose=0).argmax(1) == validation.classes
    same = all(np.array_equal(a, b) for a, b in zip(before, base.get_weights()))
    names = [name.replace(os.sep, "/") for name in validation.filenames]
    left_out = set(given.leave_out.read_text().split()) if given.leave_out else set()
    kept = np.array([name not in left_out for name in names])
    return {
        "who": given.who, "frozen": given.frozen, "seed": seed, "all": right.mean(), "photos": len(right),
        "without": right[kept].mean(), "kept": int(kept.sum()), "seconds": seconds, "frozen weights unchanged": same,
    }  # fmt: skip


def main():
    given = parser.parse_args()
    keras, generator = libraries(given)
    results = []
    for seed in range(given.first_seed, given.first_seed + given.seeds):
        results.append(run(keras, generator, given, seed))
        r = results[-1]
        print(
            f"{r['who']} seed {seed}: {r['all']:.3f} of {r['photos']}, {r['without']:.3f} of {r['kept']}; "
            f"fit {r['seconds']:.1f} s; frozen weights unchanged: {r['frozen weights unchanged']}",
            flush=True,
        )
    print(
        f"{given.who}: mean {np.mean([r['all'] for r in results]):.4f} of {results[0]['photos']}, "
        f"{np.mean([r['without'] for r in results]):.4f} of {results[0]['kept']} over {len(results)} seeds"
    )
    append(given.json, results)


if __name__ == "__main__":
    main()
