"""torch: bilinear warps by `grid_sample`, which looks its four neighbours up in one pass."""

import torch
import torch.nn.functional as F

from ...composite import warping as _warping

# fill mode: what grid_sample calls it, and whether -1 and 1 are the middles of the outermost pixels, or their edges
_BORDERS = {
    "constant": ("zeros", True),
    "nearest": ("border", True),
    "mirror": ("reflection", True),
    "reflect": ("reflection", False),
}


def image_affine_transform(
    images, transform, interpolation="bilinear", fill_mode="constant", fill_value=0, data_format=None
):
    if interpolation != "bilinear" or fill_mode not in _BORDERS or images.dtype is not torch.float32:
        return _warping.image_affine_transform(images, transform, interpolation, fill_mode, fill_value, data_format)
    border, middles = _BORDERS[fill_mode]
    single, first = images.dim() == 3, data_format == "channels_first"
    images = images[None] if single else images
    images = images if first else images.permute(0, 3, 1, 2)
    height, width = images.shape[2:]
    matrix = transform.reshape(-1, 8)[:, :6].reshape(-1, 2, 3)
    x, y = (torch.arange(n, dtype=torch.float32, device=images.device) for n in (width, height))
    # places in pixels: a x + b y + c; then from -1 to 1, as grid_sample counts them
    places = x[None, None, :, None] * matrix[:, None, None, :, 0] + (
        y[None, :, None, None] * matrix[:, None, None, :, 1] + matrix[:, None, None, :, 2]
    )
    sizes = [max(n - 1, 1) for n in (width, height)] if middles else [width, height]
    size = torch.tensor(sizes, dtype=torch.float32, device=images.device)
    places = places * (2 / size) + ((0 if middles else 1) / size - 1)
    shifted = images - fill_value if fill_mode == "constant" and fill_value else images
    out = F.grid_sample(shifted, places.expand(images.shape[0], -1, -1, -1), "bilinear", border, middles)
    out = out + fill_value if shifted is not images else out
    out = out if first else out.permute(0, 2, 3, 1)
    return out[0] if single else out
