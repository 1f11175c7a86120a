"""Alien vs. Predator in Keras, the way the article's notebook of 2018 wrote it, call for call.

The only change is the first line: `import lanthorn as keras`. Every call below is one that a reader of 2018 knows;
Keras 3 itself no longer has `fit_generator` or `ImageDataGenerator`.
"""

import numpy as np
from PIL import Image

import lanthorn as keras
import settings
from lanthorn import Model, layers
from lanthorn.models import load_model, model_from_json
from lanthorn.preprocessing.image import ImageDataGenerator

here = settings.read(__doc__)
keras.utils.set_random_seed(here.seed)

# The network is a setting: ResNet50, as in the article, or MobileNetV2, for which there are weights next door.
if here.network == "resnet50":
    from lanthorn.applications.resnet50 import ResNet50 as Network
    from lanthorn.applications.resnet50 import preprocess_input
else:
    from lanthorn.applications.mobilenet_v2 import MobileNetV2 as Network
    from lanthorn.applications.mobilenet_v2 import preprocess_input

# 1. Data generators --------------------------------------------------------------------------------
train_datagen = ImageDataGenerator(
    shear_range=10, zoom_range=0.2, horizontal_flip=True, preprocessing_function=preprocess_input
)
train_generator = train_datagen.flow_from_directory(
    here.photos / "train", batch_size=32, class_mode="binary", target_size=(here.size, here.size), seed=here.seed
)
validation_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
validation_generator = validation_datagen.flow_from_directory(
    here.photos / "validation", shuffle=False, class_mode="binary", target_size=(here.size, here.size)
)
class_names = sorted(train_generator.class_indices, key=lambda name: train_generator.class_indices[name])

# 2. The network: a frozen base and a new head ------------------------------------------------------
conv_base = Network(include_top=False, weights=here.weights, input_shape=(here.size, here.size, 3))
for layer in conv_base.layers:
    layer.trainable = False

x = conv_base.output
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dense(128, activation="relu")(x)
predictions = layers.Dense(len(class_names), activation="softmax")(x)
model = Model(conv_base.input, predictions)

optimizer = keras.optimizers.Adam()
model.compile(loss="sparse_categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])

# 3. Train the head ---------------------------------------------------------------------------------
history = model.fit_generator(generator=train_generator, epochs=here.epochs, validation_data=validation_generator)

# 4. Save and load ----------------------------------------------------------------------------------
# Architecture and weights in one HDF5 file …
model.save(here.out / "model.h5")
# … or the architecture as JSON and the weights as HDF5.
model.save_weights(here.out / "weights.h5")
with open(here.out / "architecture.json", "w") as f:
    f.write(model.to_json())

whole = load_model(here.out / "model.h5")
with open(here.out / "architecture.json") as f:
    parts = model_from_json(f.read())
parts.load_weights(here.out / "weights.h5")

# 5. Name some photos -------------------------------------------------------------------------------
paths = [path for name in class_names for path in sorted((here.photos / "validation" / name).iterdir())[10:13]]
images = [Image.open(path).convert("RGB") for path in paths]
batch = np.stack([preprocess_input(np.array(img.resize((here.size, here.size)), dtype="float32")) for img in images])
probabilities = whole.predict(batch)
assert np.allclose(probabilities, model.predict(batch), atol=1e-5), "model.h5 is not the model that was saved"
assert np.allclose(probabilities, parts.predict(batch), atol=1e-5), "JSON and weights are not the model that was saved"

for path, row in zip(paths, probabilities):
    print(f"{path.parent.name}/{path.name}: " + ", ".join(f"{100 * p:.0f}% {n}" for p, n in zip(row, class_names)))
keras.vision.pictures(images, probabilities, class_names, columns=3).save(here.out / "pictures_keras.png")
print(f"validation accuracy {history.history['val_accuracy'][-1]:.3f}; models and pictures are in {here.out}")
