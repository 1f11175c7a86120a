"""RemoteMonitor: the epochs' numbers, sent to a server."""

import json
import warnings
from typing import Any

import numpy as np

from .callback import Callback


class RemoteMonitor(Callback):
    """Posts the logs of each epoch, as JSON with the epoch's number, to `root + path`.

    A server that does not answer is warned of, and training goes on.

    Args:
        root: the server.
        path: where on it.
        field: name of the field of a form that holds the JSON.
        headers: headers of HTTP to send along.
        send_as_json: send the JSON itself, with its content type, instead of a form.

    Example:
        >>> model.fit(x, y, callbacks=[lanthorn.callbacks.RemoteMonitor("http://localhost:9000")])  # doctest: +SKIP
    """

    def __init__(
        self, root: str = "http://localhost:9000", path: str = "/publish/epoch/end/", field: str = "data",
        headers: dict[str, str] | None = None, send_as_json: bool = False,
    ):  # fmt: skip
        super().__init__()
        self.root, self.path, self.field = root, path, field
        self.headers, self.send_as_json = headers, send_as_json

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        import urllib.error  # every training loads this folder, few this
        import urllib.parse
        import urllib.request

        text = json.dumps({"epoch": epoch} | {name: np.asarray(value).tolist() for name, value in (logs or {}).items()})
        kind = "application/json" if self.send_as_json else "application/x-www-form-urlencoded"
        data = text if self.send_as_json else urllib.parse.urlencode({self.field: text})
        headers = {"Content-Type": kind, **(self.headers or {})}
        request = urllib.request.Request(self.root + self.path, data.encode(), headers)
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except urllib.error.HTTPError:  # the server was there, as for Keras
            pass
        except OSError as error:
            warnings.warn(f"RemoteMonitor: could not reach the server at {self.root}: {error}", stacklevel=2)
