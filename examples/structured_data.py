"""A table with numbers, whole numbers and words, read by a FeatureSpace; then a network on what it gives.

python examples/structured_data.py --engine torch
"""

import argparse

import numpy as np

import lanthorn as keras
from lanthorn.utils import FeatureSpace


def patients(count: int, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """A made-up table, and who is ill: the old with a pain, above all where it is angina."""
    rng = np.random.default_rng(seed)
    table = {
        "age": rng.uniform(20, 80, count).astype("float32"),
        "pressure": rng.normal(130, 15, count).astype("float32"),
        "sex": rng.integers(0, 2, count),
        "pain": rng.choice(["none", "typical", "angina"], count),
        "town": rng.choice(["Ulm", "Ghent", "Cork", "Turku", "Bari"], count),
    }
    odds = 0.1 * (table["age"] - 50) + 3 * (table["pain"] == "angina") - 2 * (table["pain"] == "none")
    return table, (odds + rng.normal(0, 1, count) > 0).astype("float32")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", help="torch, jax or tensorflow; the first that is installed if not given")
    parser.add_argument("--epochs", type=int, default=12)
    options = parser.parse_args()
    keras.set_engine(options.engine)
    keras.utils.set_random_seed(1)

    space = FeatureSpace(
        features={
            "age": FeatureSpace.float_discretized(num_bins=10),
            "pressure": "float_normalized",
            "sex": "integer_categorical",
            "pain": "string_categorical",
            "town": FeatureSpace.string_hashed(num_bins=8),
        },
        crosses=[("sex", "age")],
        crossing_dim=16,
        output_mode="concat",
    )
    table, ill = patients(800, seed=0)
    space.adapt(table)
    print("encoded:", space(table).shape)

    # the network trains on encoded rows; the same layers, on the raw columns, are what one asks afterwards
    encoded = space.get_encoded_features()
    x = keras.layers.Dense(32, activation="relu")(encoded)
    outputs = keras.layers.Dense(1, activation="sigmoid")(keras.layers.Dropout(0.3)(x))
    training = keras.Model(encoded, outputs)
    training.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    training.fit(space(table), ill, epochs=options.epochs, batch_size=32, validation_split=0.2, verbose=2)

    asking = keras.Model(space.get_inputs(), outputs)
    unseen, truth = patients(300, seed=1)
    given = asking.predict(unseen, verbose=0)[:, 0]
    print(f"accuracy {np.mean((given > 0.5) == truth):.3f} on unseen rows")
    for i in range(3):
        row = {name: values[i] for name, values in unseen.items()}
        print(f"{given[i]:.0%} ill: {row['age']:.0f} years, pain {row['pain']}, {row['town']}")


if __name__ == "__main__":
    main()
