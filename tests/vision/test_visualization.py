"""keras.visualization's names: boxes and masks on pictures, galleries."""

import numpy as np
import pytest

from lanthorn import visualization

BOXES = {"boxes": np.array([[[4, 6, 20, 25], [1, 1, 5, 5]]], "float32"), "labels": np.array([[0, -1]])}


def test_boxes_are_drawn_where_they_are():
    x = np.zeros((1, 40, 30, 3), "float32")
    drawn = visualization.draw_bounding_boxes(x, BOXES, "xyxy", color=(9, 8, 7), line_thickness=1)
    marked = np.argwhere((drawn[0] == (9, 8, 7)).all(-1))
    assert drawn.dtype == np.uint8 and marked.min(0).tolist() == [6, 4] and marked.max(0).tolist() == [25, 20]
    assert (drawn[0, 7:25, 5:20] == 0).all() and (drawn[0, 1:6, 1:4] == 0).all()  # nothing inside; label -1 is no box
    named = visualization.draw_bounding_boxes(x, BOXES, "xyxy", {0: "cat"}, (9, 8, 7), 1)
    assert (named != drawn).sum() > 20
    relative = BOXES | {"boxes": BOXES["boxes"] / np.array([30, 40, 30, 40], "float32")}
    again = visualization.draw_bounding_boxes(
        x.transpose(0, 3, 1, 2), relative, "rel_xyxy", color=(9, 8, 7), line_thickness=1, data_format="channels_first"
    )
    np.testing.assert_array_equal(again, drawn)
    with pytest.raises(ValueError, match="must have 'boxes' and 'labels'"):
        visualization.draw_bounding_boxes(x, {"boxes": BOXES["boxes"]}, "xyxy")
    with pytest.raises(ValueError, match="rank 4"):
        visualization.draw_bounding_boxes(x[0], BOXES, "xyxy")


@pytest.mark.parametrize("settings", [{}, {"alpha": 0.3, "ignore_index": 1}, {"blend": False}])
def test_masks_are_drawn_as_by_keras(settings, keras, rng):
    x = rng.uniform(0, 255, (2, 5, 6, 3)).astype("float32")
    masks = rng.integers(0, 3, (2, 5, 6, 1)).astype("int32")
    expected = keras.visualization.draw_segmentation_masks(x, masks, 3, **settings)
    found = visualization.draw_segmentation_masks(x, masks, 3, **settings)
    np.testing.assert_allclose(found, np.asarray(keras.ops.convert_to_numpy(expected)), atol=1)
    with pytest.raises(TypeError, match="whole numbers"):
        visualization.draw_segmentation_masks(x, masks.astype("float32"))


def test_galleries(tmp_path):
    x = np.stack([np.full((8, 8, 3), v, "float32") for v in (0, 0.25, 0.5, 0.75, 1)])
    sheet = visualization.plot_image_gallery(x, value_range=(0, 1), scale=1, dpi=50, transparent=False)
    assert sheet.size == (100, 150)
    grey = np.asarray(sheet)[25::50, 25::50, 0]
    assert grey.tolist() == [[0, 63], [127, 191], [255, 255]]  # row by row, and paper in the last place
    path = tmp_path / "gallery.png"
    visualization.plot_image_gallery(x, [0, 1, 0, 1, 2], label_map={0: "cat", 1: "dog"}, path=path)
    assert path.stat().st_size > 500
    masks = np.ones((5, 8, 8, 1), "int32")
    rows = visualization.plot_segmentation_mask_gallery(x, 2, (0, 1), masks, masks, scale=1, dpi=50)
    assert rows.size == (150, 250)
    boxes = {"boxes": np.array([[[1, 1, 6, 6]]] * 5), "labels": np.zeros((5, 1))}
    plain = visualization.plot_bounding_box_gallery(x, "xyxy", value_range=(0, 1))
    both = visualization.plot_bounding_box_gallery(x, "xyxy", boxes, boxes, (0, 1), line_thickness=1)
    assert both.size == plain.size and (np.asarray(both) != np.asarray(plain)).any()
    with pytest.raises(ValueError, match="need `label_map`"):
        visualization.plot_image_gallery(x, [0] * 5)
