"""Two ways to mix: a Lanthorn network inside your own nn.Module, and your own nn.Module inside Lanthorn's `fit`."""

import numpy as np
import torch
from torch import nn

import lanthorn as keras
from lanthorn import data, layers
from lanthorn.datasets import pictures as draw_pictures
from settings import DEMO

keras.utils.set_random_seed(0)
photos = draw_pictures.folder(DEMO / "two", names=("boat", "fish"))
train, validation = data.folder_datasets(photos, size=(96, 96), scale="tf")
pictures, labels = (np.concatenate(part) for part in zip(*validation))


# 1. Lanthorn's pretrained network in a module of your own, trained by a loop of your own ------------
class Classifier(nn.Module):
    """A frozen backbone, and a head that is scaled by a learned temperature."""

    def __init__(self, classes: int):
        super().__init__()
        self.backbone = keras.applications.Wick(pooling="avg", engine="torch").torch().requires_grad_(False)
        self.head = nn.Linear(768, classes)
        self.temperature = nn.Parameter(torch.ones(()))

    def forward(self, pictures):  # (batch, height, width, 3) -> (batch, classes)
        return self.head(self.backbone(pictures)) / self.temperature


net = Classifier(train.num_classes)
optimizer = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], 0.01)
for _ in range(2):
    net.train()
    net.backbone.eval()
    for x, y in train:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(torch.as_tensor(x)), torch.as_tensor(y).long())
        loss.backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    right = (net(torch.as_tensor(pictures)).argmax(1) == torch.as_tensor(labels)).float().mean().item()
print(f"a Lanthorn backbone in a module of one's own: accuracy {right:.3f}")


# 2. A module of your own in a Lanthorn model, trained by `fit` --------------------------------------
class Gate(nn.Module):
    """Features times a learned gate of themselves."""

    def __init__(self, features: int):
        super().__init__()
        self.gate = nn.Linear(features, features)

    def forward(self, x):  # (batch, features)
        return x * torch.sigmoid(self.gate(x))


base = keras.applications.Wick(pooling="avg", engine="torch")
base.trainable = False
gate = Gate(768)
model = keras.Sequential([base, gate, layers.Dropout(0.5), layers.Dense(train.num_classes, activation="softmax")])
model.summary()
before = gate.gate.weight.detach().clone()
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, validation_data=validation, epochs=2, verbose=2)
moved = (gate.gate.weight.detach() - before).abs().max().item()
print(f"a module of one's own in fit: accuracy {model.history.history['val_accuracy'][-1]:.3f}, moved by {moved:.4f}")
