"""Wrong labels are found among right ones."""

import numpy as np
import pytest

from lanthorn.data import Preprocessing, check_photos, label_suspects, out_of_fold, scan_folder


def blobs(n, classes, rng, noise=0.8):
    labels = np.arange(n) % classes
    return 2 * np.eye(classes, 12)[labels] + noise * rng.normal(size=(n, 12)) * 0.5, labels


def flipped(labels, classes, share, seed):
    """Labels of which a share is another class, and which those are."""
    rng = np.random.default_rng(seed)
    places = rng.choice(len(labels), round(share * len(labels)), replace=False)
    wrong = labels.copy()
    wrong[places] = (wrong[places] + rng.integers(1, classes, len(places))) % classes
    return wrong, set(places.tolist())


@pytest.mark.parametrize("n, classes", [(60, 3), (400, 2), (400, 10), (9, 2)])
def test_flipped_labels_are_found(n, classes, rng):
    features, labels = blobs(n, classes, rng)
    wrong, places = flipped(labels, classes, 0.1, 0)
    found = label_suspects(wrong, out_of_fold(features, wrong, classes))
    first = {s.place for s in found[: len(places)]}
    assert len(first & places) >= 0.8 * len(places)
    assert all(s.proposed == labels[s.place] for s in found[: len(places)] if s.place in places)
    assert [s.score for s in found] == sorted(s.score for s in found)


def test_right_labels_are_left_alone(rng):
    features, labels = blobs(300, 3, rng, noise=0.5)
    assert label_suspects(labels, out_of_fold(features, labels, 3)) == []


def test_no_photo_is_judged_by_itself(rng):
    """Noise has no answer: who saw the labels of what he judges would know them."""
    features, labels = rng.normal(size=(60, 200)), rng.integers(0, 2, 60)
    table = out_of_fold(features, labels, 2)
    assert (table.argmax(1) == labels).mean() < 0.75
    np.testing.assert_allclose(table.sum(1), 1)
    twice = np.concatenate([features, features + 1e-3 * rng.normal(size=features.shape)])
    both, groups = np.concatenate([labels, labels]), np.tile(np.arange(60), 2)
    assert (out_of_fold(twice, both, 2).argmax(1) == both).mean() > 0.9  # the twin told
    assert (out_of_fold(twice, both, 2, groups).argmax(1) == both).mean() < 0.75


def test_closed_form_is_what_leaving_out_gives(rng):
    """The leave-one-out and leave-group-out answers are those of as many regressions."""
    from lanthorn.data.checking import suspects

    x, truth = rng.normal(size=(20, 6)).astype(np.float32), np.eye(3, dtype=np.float32)[np.arange(20) % 3]
    x -= x.mean(0)
    groups = np.array([0, 0, 1, 1, 1, *range(2, 17)])
    basis, sizes = suspects._principal(x)
    found = suspects._left_out(basis, sizes / (sizes + 0.5), truth, suspects._members(groups, 20))
    for g in np.unique(groups):
        rest, held = groups != g, groups == g
        design = np.concatenate([x, np.ones((20, 1))], axis=1)
        penalty = np.diag([0.5] * 6 + [0.0])
        w = np.linalg.solve(design[rest].T @ design[rest] + penalty, design[rest].T @ truth[rest])
        np.testing.assert_allclose(found[held], design[held] @ w, atol=1e-4)


@pytest.mark.parametrize(
    "labels, table, said",
    [([0, 1], np.ones((3, 2)), "expected labels"), ([0, 2], np.ones((2, 2)), "between 0 and 1, got 0 to 2")],
)
def test_what_does_not_fit_is_refused(labels, table, said):
    with pytest.raises(ValueError, match=said):
        label_suspects(labels, table)


def test_what_says_nothing_is_left_out():
    assert label_suspects([], np.zeros((0, 2))) == []
    assert label_suspects([0, 1], [[np.nan, np.nan], [0.1, 0.9]]) == []
    assert out_of_fold(np.zeros((1, 4)), [0], 2).tolist() == [[0.5, 0.5]]
    assert np.isfinite(out_of_fold(np.zeros((6, 4)), [0, 1] * 3, 3)).all()


def test_the_check_names_suspects_where_features_tell(photos):
    folder = scan_folder(photos)
    wrong = folder.labels.copy()
    wrong[2] = 1
    told = folder._replace(labels=wrong)
    features = np.eye(2, 8)[folder.labels] + np.random.default_rng(0).normal(size=(12, 8)) * 0.1
    report = check_photos(told, features=features)
    assert report.suspects_sought and [(s.path, s.given, s.proposed) for s in report.suspects] == [
        (folder.path(2), "dog", "cat")
    ]
    assert "1 label looks wrong" in str(report)
    asked = []
    check_photos(told, features=lambda paths: (asked.extend(paths), features)[1])
    assert asked == [folder.path(i) for i in range(12)]
    blind = check_photos(told, features=np.random.default_rng(1).normal(size=(12, 8)))
    assert blind.suspects == [] or len(blind.suspects) <= 2
    with pytest.raises(ValueError, match="a row for each of the 12 pictures"):
        check_photos(told, features=features[:5])


@pytest.mark.slow
def test_five_percent_of_wrong_labels_on_avp(shared_data, on_torch):
    import lanthorn

    folder = scan_folder(shared_data / "avp" / "train")
    network, prepare = (
        lanthorn.applications.Wick(input_shape=(192, 192, 3), pooling="avg"),
        Preprocessing(192, scale="tf"),
    )
    pictures = np.stack([prepare(folder.path(i)) for i in range(len(folder.labels))])
    features = sum(np.asarray(network.predict(x, verbose=0)) for x in (pictures, pictures[:, :, ::-1].copy()))
    shares = []
    for seed in range(5):
        wrong, places = flipped(folder.labels, 2, 0.05, seed)
        found = label_suspects(wrong, out_of_fold(features, wrong, 2))[: len(places)]
        shares.append(len({s.place for s in found} & places) / len(places))
    assert np.mean(shares) >= 0.6, shares
