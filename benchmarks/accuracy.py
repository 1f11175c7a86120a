"""Validation accuracy of the article's job over several seeds: ours on one engine, or Keras 3.15.1 on TensorFlow.

    python benchmarks/accuracy.py PHOTOS WEIGHTS --who torch
    python benchmarks/accuracy.py PHOTOS WEIGHTS --who keras

MobileNetV2, frozen, with a new head (128 relu, softmax), the notebook's augmentation (shear 10, zoom 0.2, flips), three
epochs, batches of 32. PHOTOS holds train/ and validation/. WEIGHTS is a MobileNetV2 file with its top, in the older
HDF5 layout, which both libraries read. With `--leave-out FILE` (one `class/name` a line) accuracy is given without
those validation photos too: those that have a twin among the training photos.
"""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("photos", type=Path)
parser.add_argument("weights", type=Path)
parser.add_argument("--who", choices=["torch", "jax", "tensorflow", "keras"], required=True)
parser.add_argument("--seeds", type=int, default=5)
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--frozen", choices=["auto", "exact", "off"], default="auto")
parser.add_argument("--leave-out", type=Path)
parser.add_argument("--json", type=Path, help="append the results to this file")


def libraries(given):
    """Ours or Keras: the names that the run below uses, which are the same."""
    if given.who == "keras":
        os.environ["KERAS_BACKEND"] = "tensorflow"
        import keras
        from keras.src.legacy.preprocessing.image import ImageDataGenerator

        return keras, ImageDataGenerator
    import lanthorn

    lanthorn.set_engine(given.who)
    return lanthorn, lanthorn.preprocessing.image.ImageDataGenerator


def frozen_base(keras, given):
    """MobileNetV2 up to its last activation, with the weights of a file that has the top as well."""
    if given.who != "keras":
        return keras.applications.MobileNetV2(include_top=False, weights=given.weights, input_shape=(224, 224, 3))
    whole = keras.applications.MobileNetV2(weights=None)
    whole.load_weights(str(given.weights))
    return keras.Model(whole.input, whole.get_layer("out_relu").output)


def run(keras, ImageDataGenerator, given, seed):  # noqa: N803
    keras.utils.set_random_seed(seed)
    layers, preprocess_input = keras.layers, keras.applications.mobilenet_v2.preprocess_input
    augmented = ImageDataGenerator(
        shear_range=10, zoom_range=0.2, horizontal_flip=True, preprocessing_function=preprocess_input
    )
    shown = {"target_size": (224, 224), "class_mode": "binary", "batch_size": 32}
    train = augmented.flow_from_directory(str(given.photos / "train"), seed=seed, **shown)
    plain = ImageDataGenerator(preprocessing_function=preprocess_input)
    validation = plain.flow_from_directory(str(given.photos / "validation"), shuffle=False, **shown)

    base = frozen_base(keras, given)
    for layer in base.layers:
        layer.trainable = False
    before = [w.copy() for w in base.get_weights()]
    x = layers.GlobalAveragePooling2D()(base.output)
    x = layers.Dense(128, activation="relu")(x)
    model = keras.Model(base.input, layers.Dense(2, activation="softmax")(x))
    model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.Adam(), metrics=["accuracy"])
    more = {} if given.who == "keras" else {"frozen": given.frozen}
    start = time.perf_counter()
    history = model.fit(train, epochs=given.epochs, validation_data=validation, verbose=2, **more).history
    seconds = time.perf_counter() - start
    validation.reset()
    right = model.predict(validation, verbose=0).argmax(1) == validation.classes
    same = all(np.array_equal(a, b) for a, b in zip(before, base.get_weights()))
    names = [name.replace(os.sep, "/") for name in validation.filenames]
    left_out = set(given.leave_out.read_text().split()) if given.leave_out else set()
    kept = np.array([name not in left_out for name in names])
    return {
        "who": given.who, "frozen": given.frozen, "seed": seed, "all": right.mean(), "photos": len(right),
        "without": right[kept].mean(), "kept": int(kept.sum()), "seconds": seconds, "frozen weights unchanged": same,
        "val_accuracy": history["val_accuracy"],
    }  # fmt: skip


def main():
    given = parser.parse_args()
    keras, generator = libraries(given)
    results = []
    for seed in range(given.seeds):
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
    if given.json:
        with open(given.json, "a") as file:
            file.writelines(json.dumps(r, default=float) + "\n" for r in results)


if __name__ == "__main__":
    main()
