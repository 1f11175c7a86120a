"""Alien vs. Predator in PyTorch: a network written in Keras's words, then an nn.Module like any other."""

import torch
from torch import nn

import lanthorn as keras
import settings
from lanthorn import data, layers

here = settings.read(__doc__)
torch.manual_seed(here.seed)
keras.utils.set_random_seed(here.seed)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

# 1. Data: the transforms run in the order in which they are written --------------------------------
application = getattr(keras.applications, here.network)
prepare = data.Preprocessing(size=(here.size, here.size), scale=application.preprocess_input.scale)
transforms = [data.Affine(shear=10, zoom=0.2), data.Flip("horizontal")]
train, validation = data.folder_datasets(here.photos, preprocessing=prepare, augment=transforms, seed=here.seed)
loaders = {"train": train, "validation": validation}
class_names = loaders["train"].class_names

# 2. The network, as an nn.Module -------------------------------------------------------------------
Network = {"mobilenet_v2": keras.applications.MobileNetV2, "resnet50": keras.applications.ResNet50}[here.network]
base = Network(
    include_top=False, pooling="avg", weights=here.weights, input_shape=(here.size, here.size, 3), engine="torch"
)
net = keras.Sequential([base, layers.Dense(1000, name="fc")]).torch().to(device)
assert isinstance(net, nn.Sequential)

for parameter in net.parameters():
    parameter.requires_grad = False
features = base.output_shape[-1]
net.fc = nn.Sequential(nn.Linear(features, 128), nn.ReLU(), nn.Linear(128, len(class_names))).to(device)

criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.fc.parameters())

accuracy = 0.0

# 3. Your own loop ----------------------------------------------------------------------------------
for epoch in range(here.epochs):
    print(f"Epoch {epoch + 1}/{here.epochs}")
    for phase in ("train", "validation"):
        if phase == "train":
            net.train()
            net[0].eval()  # batch normalisation keeps the statistics that go with its weights
        else:
            net.eval()
        total_loss, right, seen = 0.0, 0, 0
        for pictures, labels in loaders[phase]:
            pictures = torch.as_tensor(pictures, device=device)  # (batch, height, width, 3)
            labels = torch.as_tensor(labels, device=device).long()  # (batch,)
            with torch.set_grad_enabled(phase == "train"):
                outputs = net(pictures)  # (batch, classes)
                loss = criterion(outputs, labels)
            if phase == "train":
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total_loss += loss.item() * len(labels)
            right += (outputs.argmax(1) == labels).sum().item()
            seen += len(labels)
        accuracy = right / seen
        print(f"{phase} loss: {total_loss / seen:.4f}, accuracy: {accuracy:.4f}")

# 4. Save and load ----------------------------------------------------------------------------------
torch.save(net.state_dict(), here.out / "weights.pt")
net.load_state_dict(torch.load(here.out / "weights.pt", weights_only=True))

# 5. Name some photos -------------------------------------------------------------------------------
net.eval()
paths = [path for name in class_names for path in sorted((here.photos / "validation" / name).iterdir())[10:13]]
batch = torch.stack([torch.as_tensor(prepare(path)) for path in paths]).to(device)
with torch.no_grad():
    probabilities = torch.softmax(net(batch), dim=1).cpu().numpy()
for path, row in zip(paths, probabilities):
    print(f"{path.parent.name}/{path.name}: " + ", ".join(f"{100 * p:.0f}% {n}" for p, n in zip(row, class_names)))
keras.vision.pictures(paths, probabilities, class_names, columns=3).save(here.out / "pictures_torch.png")
print(f"validation accuracy {accuracy:.3f}; weights and pictures are in {here.out}")
