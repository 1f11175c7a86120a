"""Praise or blame: a network that is given texts as they are, on any engine.

The vocabulary is learned from the texts; the layer that looks words up stands in the model, which is trained, saved and
asked with plain texts.

    python examples/text_classification.py --engine jax
"""

import argparse

import numpy as np

import lanthorn as keras
from lanthorn import layers

PRAISE = "great fun lovely brilliant moving warm clever fine".split()
BLAME = "dull awful slow boring weak cold silly poor".split()
REST = "the a film movie story it was with and of my an evening actors".split()


def reviews(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Texts of eight words, two of which say what the writer thought; and whether it was praise."""
    rng = np.random.default_rng(seed)
    praise = rng.integers(0, 2, count)
    words = [[*rng.choice(REST, 6), *rng.choice(PRAISE if good else BLAME, 2)] for good in praise]
    return np.array([" ".join(rng.permutation(row)).capitalize() + "!" for row in words]), praise.astype("float32")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", help="torch, jax or tensorflow; the first that is installed if not given")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--out", default="text_classification.keras")
    options = parser.parse_args()
    keras.set_engine(options.engine)
    keras.utils.set_random_seed(1)

    texts, praise = reviews(600, seed=0)
    vectorize = layers.TextVectorization(max_tokens=200, output_sequence_length=8)
    vectorize.adapt(texts)
    print("words:", vectorize.get_vocabulary()[:6], "…", vectorize.vocabulary_size(), "in all")

    model = keras.Sequential([
        keras.Input(shape=(1,), dtype="string"),
        vectorize,
        layers.Embedding(vectorize.vocabulary_size(), 16),
        layers.GlobalAveragePooling1D(),
        layers.Dropout(0.2),
        layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    model.fit(texts, praise, epochs=options.epochs, validation_split=0.2, verbose=2)

    model.save(options.out)
    model = keras.models.load_model(options.out)  # the words are in it
    unseen, truth = reviews(200, seed=1)
    print(f"accuracy {model.evaluate(unseen, truth, verbose=0)[1]:.3f} on unseen texts")
    asked = np.array(["What a lovely, moving film!", "Slow and boring."])
    for text, answer in zip(asked, model.predict(asked, verbose=0)[:, 0], strict=True):
        print(f"{answer:.0%} praise: {text}")


if __name__ == "__main__":
    main()
