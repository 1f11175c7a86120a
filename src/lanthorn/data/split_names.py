"""What folders and words such as `seg_train`, `Validation-Set` or `test1` say about the photos in them."""

import re
from collections.abc import Iterable

TRAIN, VALIDATION, TEST, ASIDE = "train", "validation", "test", "aside"
_WORDS = {
    TRAIN: ("train", "training", "trn", "tr", "trainval"),
    VALIDATION: ("validation", "valid", "val", "vali", "vld", "va", "dev", "devel", "eval", "evaluation", "validate"),
    TEST: ("test", "testing", "tst", "ts", "te", "holdout", "heldout", "unseen"),
    ASIDE: (
        "pred", "predict", "prediction", "predictions", "unlabelled", "unlabeled", "nolabel", "nolabels", "submission",
        "submissions", "inference", "infer",
    ),
}  # fmt: skip
_ROLES = {word: role for role, words in _WORDS.items() for word in words}
# Words beside the one that counts: `train_images`, `seg_test`, `my dataset (train)`.
_BESIDE = frozenset(
    "set sets data dataset datasets image images img imgs im photo photos picture pictures pic pics jpg jpeg png seg "
    "split splits part folder dir files file the my our raw full small final new sample samples cropped crop resized "
    "labelled labeled stage step class classes in for of and".split()
)
_LONGEST = sorted(_BESIDE, key=len, reverse=True)
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")


def words(name: str) -> list[str]:
    """The words of a name, in lower case: parted by signs, digits and capitals; `trainset` is `train`, `set`."""
    name = re.sub(r"(?i)\b(hold|held)[\W_]*out|(?<=_)(hold|held)[\W_]*out", "holdout", name)
    found = []
    for part in _PARTS.findall(name):
        found += _unglued(part.lower())
    return found


def _unglued(word: str) -> list[str]:
    if word in _ROLES or word in _BESIDE:
        return [word]
    for other in _LONGEST:
        if word.endswith(other) and word.removesuffix(other) in _ROLES and len(word) > len(other) + 2:
            return [word.removesuffix(other), other]
        if word.startswith(other) and word.removeprefix(other) in _ROLES and len(word) > len(other) + 2:
            return [other, word.removeprefix(other)]
    return [word]


def role(name: str) -> str | None:
    """What one of its words says: 'train', 'validation', 'test', 'aside' (to be predicted), or None.

    >>> role("Training_Set"), role("images-val2"), role("seg_pred"), role("trainers")
    ('train', 'validation', 'aside', None)
    """
    found = {_ROLES[word] for word in words(name) if word in _ROLES}
    if ASIDE in found:
        return ASIDE
    return found.pop() if len(found) == 1 else None


def says_only(name: str, beside: Iterable[str] = ()) -> str | None:
    """Its role, where the name says nothing else: not of `train_station`. `beside` are words that do not count.

    >>> says_only("my train images 2"), says_only("train_station"), says_only("cats_train", beside=["cats"])
    ('train', None, 'train')
    """
    others = [w for w in words(name) if w not in _ROLES and w not in _BESIDE and len(w) > 1 and w not in beside]
    return None if others else role(name)


def beyond(name: str) -> tuple[str, ...]:
    """The words of a name besides those of its role: `cats` of `train_cats`."""
    return tuple(w for w in words(name) if w not in _ROLES and w not in _BESIDE)


def in_common(names: Iterable[str]) -> frozenset[str]:
    """The words that all of several names have, such as `cats` in `cats_train` and `cats_test`."""
    each = [frozenset(words(name)) for name in names]
    return frozenset.intersection(*each) if len(each) > 1 else frozenset()
