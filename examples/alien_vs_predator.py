"""Alien vs. Predator, the short way: from a folder of photos to a saved classifier, and a picture to show for it."""

import lanthorn as keras
from settings import DEMO, find_weights, photos_or_drawn

PHOTOS, WEIGHTS = photos_or_drawn(), find_weights("mobilenet_v2")

# fmt: off
# --- the twelve lines ------------------------------------------------------------------------------
from lanthorn.data import augment  # noqa: E402

base = keras.applications.MobileNetV2(include_top=False, weights=WEIGHTS, input_shape=(224, 224, 3), pooling="avg")
base.trainable = False
photos = keras.data.from_folder(PHOTOS, for_model=base, augment=[augment.Affine(shear=10, zoom=0.2), augment.Flip()])
model = keras.Sequential([
    base,
    keras.layers.Dense(128, activation="relu"),
    keras.layers.Dense(photos.num_classes, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
model.fit(photos.train, validation_data=photos.validation, epochs=3)
model.save(DEMO / "model.keras")
keras.vision.show(model, photos.validation.paths[::20]).save(DEMO / "pictures.png")
