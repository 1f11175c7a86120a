"""ImageDataGenerator's mathematics against Keras 3.15.1's own class, on fixed parameters."""

import warnings

import numpy as np
import pytest

from lanthorn.preprocessing.image import ImageDataGenerator
from lanthorn.preprocessing.image import apply_affine_transform as affine

SIZE = (40, 40, 3)
PARAMETERS = {
    "nothing": {},
    "turned": {"theta": 30},
    "turned far": {"theta": -170},
    "moved": {"tx": 5.3, "ty": -7.7},
    "sheared": {"shear": 20},
    "zoomed": {"zx": 0.7, "zy": 1.4},
    "mirrored": {"flip_horizontal": True},
    "upside down": {"flip_vertical": True},
    "all geometric": {
        "theta": -15,
        "tx": 3,
        "ty": 2.5,
        "shear": 10,
        "zx": 1.2,
        "zy": 0.8,
        "flip_horizontal": True,
        "flip_vertical": True,
    },
    "channel shift": {"channel_shift_intensity": 30.0},
    "channel shift down": {"channel_shift_intensity": -90.0, "theta": 5},
    "brighter": {"brightness": 1.4},
    "darker": {"brightness": 0.3, "shear": 5},
    "everything": {
        "theta": 12,
        "shear": -8,
        "zx": 0.9,
        "zy": 1.1,
        "channel_shift_intensity": 20.0,
        "brightness": 1.2,
        "flip_horizontal": True,
    },
}


@pytest.fixture(scope="session")
def legacy(keras):
    from keras.src.legacy.preprocessing import image

    return image


def pixels(seed=0, shape=SIZE):
    return np.random.default_rng(seed).uniform(0, 255, shape).astype(np.float32)


@pytest.mark.parametrize("fill_mode", ["nearest", "constant", "reflect", "wrap"])
@pytest.mark.parametrize("case", PARAMETERS)
def test_apply_transform_has_keras_values(legacy, decoder, case, fill_mode):
    settings = {"fill_mode": fill_mode, "cval": 17.0}
    theirs = legacy.ImageDataGenerator(**settings).apply_transform(pixels(), PARAMETERS[case])
    ours = ImageDataGenerator(**settings).apply_transform(pixels(), PARAMETERS[case])
    error = np.abs(ours - theirs)
    # Brightness rounds down to whole numbers: a difference of 0.01 before it may be one grey level after it.
    if "brightness" in PARAMETERS[case]:
        assert error.max() <= 2 and (error > 0.02).mean() < 0.005
    else:
        assert error.max() < 0.02


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_orders_formats_and_channels(legacy, order, data_format, channels):
    pytest.importorskip("scipy")
    settings = {"interpolation_order": order, "data_format": data_format, "fill_mode": "reflect"}
    x = pixels(1, (24, 24, channels) if data_format == "channels_last" else (channels, 24, 24))
    drawn = {"theta": 21, "shear": 4, "zx": 1.1, "zy": 0.9, "flip_vertical": True}
    theirs = legacy.ImageDataGenerator(**settings).apply_transform(x, drawn)
    ours = ImageDataGenerator(**settings).apply_transform(x, drawn)
    assert ours.shape == theirs.shape and np.abs(ours - theirs).max() < 0.02


SETTINGS = {
    "article": {"shear_range": 10, "zoom_range": 0.2, "horizontal_flip": True},
    "all": {
        "rotation_range": 20,
        "shear_range": 10,
        "zoom_range": (0.7, 1.1),
        "horizontal_flip": True,
        "vertical_flip": True,
        "channel_shift_range": 10.0,
        "brightness_range": (0.5, 1.5),
    },
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("seed", [0, 7])
def test_a_seed_draws_what_keras_draws(legacy, name, seed):
    theirs = legacy.ImageDataGenerator(**SETTINGS[name]).get_random_transform(SIZE, seed)
    ours = ImageDataGenerator(**SETTINGS[name]).get_random_transform(SIZE, seed)
    assert ours == theirs
    np.random.seed(seed)
    assert ImageDataGenerator(**SETTINGS[name]).get_random_transform(SIZE) == theirs


@pytest.mark.parametrize("given", [0.2, 3, 2.5, [1, 4, 9], (0.1, 0.3)])
def test_shifts_are_keras_draws_along_the_axis_that_their_name_says(legacy, given):
    settings = {"height_shift_range": given, "width_shift_range": 0.1}
    theirs = legacy.ImageDataGenerator(**settings).get_random_transform((50, 80, 3), 3)
    ours = ImageDataGenerator(**settings).get_random_transform((50, 80, 3), 3)
    assert (ours["ty"], ours["tx"]) == (theirs["tx"], theirs["ty"])  # Keras moves sideways by the height shift
    spot = np.zeros((21, 21, 1), np.float32)
    spot[10, 10] = 1
    generator = ImageDataGenerator(height_shift_range=[4], fill_mode="constant")
    row, col, _ = np.argwhere(generator.random_transform(spot, seed=0))[0]
    assert abs(row - 10) == 4 and col == 10


def test_a_picture_that_is_not_square_turns_about_its_middle():
    spot = np.zeros((21, 41, 1), np.float32)
    spot[10, 20] = 1
    turned = ImageDataGenerator(fill_mode="constant").apply_transform(spot, {"theta": 90})
    np.testing.assert_allclose(turned, spot, atol=1e-5)
    with pytest.raises(ValueError, match="channels first or last"):
        affine(spot, theta=5, channel_axis=1, row_axis=0)


STANDARDS = {
    "rescale": {"rescale": 1 / 255},
    "function then rescale": {"preprocessing_function": lambda x: x + 1, "rescale": 2.0},
    "samplewise": {"samplewise_center": True, "samplewise_std_normalization": True},
    "featurewise": {"featurewise_center": True, "featurewise_std_normalization": True, "rescale": 1 / 255},
    "zca": {"featurewise_center": True, "zca_whitening": True, "zca_epsilon": 1e-3},
    "channels first": {"featurewise_center": True, "data_format": "channels_first"},
}


@pytest.mark.parametrize("case", STANDARDS)
def test_standardize_and_fit(legacy, case):
    shape = (40, 3, 6, 6) if case == "channels first" else (40, 6, 6, 3)
    x = pixels(2, shape)
    theirs, ours = legacy.ImageDataGenerator(**STANDARDS[case]), ImageDataGenerator(**STANDARDS[case])
    theirs.fit(x)
    ours.fit(x)
    for name in ("mean", "std", "zca_whitening_matrix"):
        if getattr(theirs, name) is None:
            assert getattr(ours, name) is None
        else:
            np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ours.standardize(x.copy()), theirs.standardize(x.copy()), rtol=1e-3, atol=2e-3)
    one = x[0]
    np.testing.assert_allclose(ours.standardize(one.copy()), theirs.standardize(one.copy()), rtol=1e-3, atol=2e-3)


def test_fit_with_augmentation(legacy):
    settings = {"featurewise_center": True, "featurewise_std_normalization": True, "rotation_range": 30}
    theirs, ours = legacy.ImageDataGenerator(**settings), ImageDataGenerator(**settings)
    x = pixels(3, (5, 10, 10, 3))
    theirs.fit(x, augment=True, rounds=2, seed=4)
    ours.fit(x, augment=True, rounds=2, seed=4)
    np.testing.assert_allclose(ours.mean, theirs.mean, rtol=1e-4)
    np.testing.assert_allclose(ours.std, theirs.std, rtol=1e-4)


def test_a_named_scale_gives_the_functions_own_numbers():
    from lanthorn.data.preprocessing import scale_pixels

    calls = []

    def preprocess_input(x):
        calls.append(1)
        return scale_pixels(x, "caffe")

    plain = ImageDataGenerator(preprocessing_function=preprocess_input)
    expected = plain.standardize(pixels(4))
    preprocess_input.scale = "caffe"
    calls.clear()
    np.testing.assert_array_equal(plain.standardize(pixels(4)), expected)
    assert not calls and plain.scale == "caffe"
    assert plain.standardize(pixels(4).astype(np.float64)).shape == SIZE and calls  # only what it surely knows


def test_which_scale_a_model_file_may_note():
    assert ImageDataGenerator().scale == "none" and ImageDataGenerator(rescale=1.0 / 255).scale == "0-1"
    assert ImageDataGenerator(preprocessing_function=np.sqrt).scale is None
    assert ImageDataGenerator(samplewise_center=True).scale is None
    assert ImageDataGenerator(rescale=1 / 127.5).scale is None


def test_settings_that_need_another():
    cases = [
        ({"zca_whitening": True}, "zca_whitening sets featurewise_center=True"),
        ({"featurewise_std_normalization": True}, "sets featurewise_center=True"),
        ({"samplewise_std_normalization": True}, "sets samplewise_center=True"),
        ({"zca_whitening": True, "featurewise_center": True, "featurewise_std_normalization": True}, "=False"),
    ]
    for settings, text in cases:
        with pytest.warns(UserWarning, match=text):
            ImageDataGenerator(**settings)
    with pytest.warns(UserWarning, match=r"featurewise_center needs statistics .* call .fit\(pictures\) first"):
        ImageDataGenerator(featurewise_center=True).standardize(pixels())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ImageDataGenerator(samplewise_center=True, samplewise_std_normalization=True)


def test_wrong_settings():
    cases = [
        ({"zoom_range": (1, 2, 3)}, "zoom_range must be a number or a pair"),
        ({"fill_mode": "mirror"}, "'nearest'"),
        ({"brightness_range": 0.5}, "a pair"),
        ({"validation_split": 2}, "between 0 and 1"),
        ({"data_format": "last"}, "'channels_last'"),
    ]
    for settings, text in cases:
        with pytest.raises(ValueError, match=text):
            ImageDataGenerator(**settings)
    with pytest.raises(TypeError, match="must be a function"):
        ImageDataGenerator(preprocessing_function="tf")
    with pytest.raises(ValueError, match="one picture with 3 axes"):
        ImageDataGenerator().apply_transform(np.zeros((2, 4, 4, 3)), {})
    with pytest.raises(ValueError, match="pictures with 4 axes"):
        ImageDataGenerator().fit(np.zeros((4, 4, 3)))


def test_single_functions(legacy):
    from lanthorn.preprocessing import image

    x = pixels(5, (20, 20, 3))
    axes = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}
    for name, args in (("random_rotation", (30,)), ("random_shear", (10,)), ("random_zoom", ((0.8, 1.2),))):
        np.random.seed(1)
        theirs = getattr(legacy, name)(x, *args, **axes)
        np.random.seed(1)
        assert np.abs(getattr(image, name)(x, *args, **axes) - theirs).max() < 0.02
    np.random.seed(1)
    assert image.random_shift(x, 0.1, 0.2, **axes).shape == x.shape
    np.testing.assert_allclose(image.apply_channel_shift(x, 40, 2), legacy.apply_channel_shift(x, 40, 2), rtol=1e-6)
    for picture in (x, x - 300, x / 255):
        for scale in (True, False):
            ours, theirs = (
                image.apply_brightness_shift(picture, 1.3, scale),
                legacy.apply_brightness_shift(picture, 1.3, scale),
            )
            np.testing.assert_allclose(ours, theirs, atol=1e-3)
