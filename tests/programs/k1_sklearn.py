"""Keras 1: a network as an estimator of scikit-learn.

needs: sklearn
"""

import numpy as np
from keras.layers import Dense
from keras.models import Sequential
from keras.wrappers.scikit_learn import KerasClassifier, KerasRegressor
from sklearn.model_selection import GridSearchCV, cross_val_score

np.random.seed(10)
X = np.random.randn(60, 4)
Y = (X[:, 0] > 0).astype(int)


def create_model(units=4):
    model = Sequential()
    model.add(Dense(units, input_dim=4, init="uniform", activation="relu"))
    model.add(Dense(1, init="uniform", activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.optimizer.lr = 0.05
    return model


model = KerasClassifier(build_fn=create_model, nb_epoch=15, batch_size=16, verbose=0)
assert cross_val_score(model, X, Y, cv=2).mean() > 0.6
grid = GridSearchCV(estimator=model, param_grid={"units": [2, 8]}, cv=2).fit(X, Y)
assert grid.best_params_["units"] in (2, 8)
assert model.fit(X, Y).history["loss"] and set(model.predict(X).ravel()) <= {0, 1}
assert model.predict_proba(X).shape == (60, 2)


def regressor():
    model = Sequential([Dense(1, input_dim=4)])
    model.compile("sgd", "mse")
    return model


assert KerasRegressor(build_fn=regressor, nb_epoch=20, verbose=0).fit(X, X[:, 0]) is not None
