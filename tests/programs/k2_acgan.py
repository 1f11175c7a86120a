"""Keras 2: a GAN conditioned on the class, with an Embedding and two outputs."""

import numpy as np
from keras.layers import Dense, Embedding, Flatten, Input, LeakyReLU, multiply
from keras.models import Model, Sequential
from keras.optimizers import Adam

np.random.seed(0)
num_classes, latent_dim = 3, 4


def build_generator():
    cnn = Sequential()
    cnn.add(Dense(16, input_dim=latent_dim, activation="relu"))
    cnn.add(Dense(2))
    latent = Input(shape=(latent_dim,))
    image_class = Input(shape=(1,), dtype="int32")
    cls = Flatten()(Embedding(num_classes, latent_dim, embeddings_initializer="glorot_normal")(image_class))
    return Model([latent, image_class], cnn(multiply([latent, cls])))


def build_discriminator():
    cnn = Sequential([Dense(16, input_dim=2), LeakyReLU(0.2)])
    image = Input(shape=(2,))
    features = cnn(image)
    fake = Dense(1, activation="sigmoid", name="generation")(features)
    aux = Dense(num_classes, activation="softmax", name="auxiliary")(features)
    return Model(image, [fake, aux])


losses = ["binary_crossentropy", "sparse_categorical_crossentropy"]
discriminator = build_discriminator()
discriminator.compile(optimizer=Adam(lr=0.01, beta_1=0.5), loss=losses)
generator = build_generator()
latent, image_class = Input(shape=(latent_dim,)), Input(shape=(1,), dtype="int32")
discriminator.trainable = False
fake, aux = discriminator(generator([latent, image_class]))
combined = Model([latent, image_class], [fake, aux])
combined.compile(optimizer=Adam(lr=0.01, beta_1=0.5), loss=losses)
epoch_losses = []
for _ in range(25):
    labels = np.random.randint(0, num_classes, 16)
    real = np.stack([labels, -labels], 1) + np.random.randn(16, 2) * 0.1
    noise = np.random.uniform(-1, 1, (16, latent_dim))
    sampled = np.random.randint(0, num_classes, 16)
    made = generator.predict([noise, sampled.reshape((-1, 1))], verbose=0)
    x, y = np.concatenate((real, made)), np.array([1] * 16 + [0] * 16)
    weights = [np.ones(32), np.concatenate((np.ones(16) * 2, np.zeros(16)))]
    epoch_losses.append(discriminator.train_on_batch(x, [y, np.concatenate((labels, sampled))], sample_weight=weights))
    g = combined.train_on_batch([noise, sampled.reshape((-1, 1))], [np.ones(16), sampled])
assert discriminator.metrics_names[0] == "loss" and len(epoch_losses[0]) == 3 == len(g)
assert np.mean([e[2] for e in epoch_losses[-4:]]) < np.mean([e[2] for e in epoch_losses[:4]])
