"""Alien vs. Predator, the short way: from a folder of photos to a saved classifier, and a picture to show for it."""

import settings

PHOTOS = settings.photos_or_drawn()
FOUND = settings.find_weights("mobilenet_v2")
NETWORK = "MobileNetV2" if FOUND else "Wick"  # Wick comes with Lanthorn
OUT = settings.DEMO
print(f"photos: {PHOTOS}", f"network: {NETWORK}", sep="\n")

# fmt: off
# --- the twelve lines ---------------------------------------------------------------------------------
import lanthorn as keras  # noqa: E402
from lanthorn import data, layers  # noqa: E402

base = getattr(keras.applications, NETWORK)(include_top=False, input_shape=(224, 224, 3), pooling="avg")
base.trainable = False
train, validation = data.folder_datasets(PHOTOS, scale="tf", augment=[data.Affine(shear=10, zoom=0.2), data.Flip()])
head = [layers.Dense(128, activation="relu"), layers.Dense(train.num_classes, activation="softmax")]
model = keras.Sequential([base, *head])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=validation, epochs=3)
model.save(OUT / "model.keras")
photos = [validation.folder.path(i) for i in range(0, validation.samples, 20)]
keras.vision.show(model, photos, truth=validation.labels[::20]).save(OUT / "pictures.png")
# ------------------------------------------------------------------------------------------------------
print(f"The model and the photos with their percentages are in {OUT}: model.keras and pictures.png")
