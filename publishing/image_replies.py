"""Pictures that were made lately, kept in memory up to a number of bytes, so that a repeated request costs nothing."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

from imaging.facts import Rendered


@dataclass(slots=True, kw_only=True)
class PictureCache:
    """The pictures used last, at most `max_bytes` of them; safe to use from several threads.

    The keys must name all that a picture depends on, the image's revision included: nothing is ever invalidated.
    """

    max_bytes: int = 64 * 1024 * 1024
    _pictures: OrderedDict[Hashable, Rendered] = field(default_factory=OrderedDict, init=False)
    _bytes: int = field(default=0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def find(self, key: Hashable) -> Rendered | None:
        """Return the picture that was put under this key, or None when there is none any more."""
        with self._lock:
            picture = self._pictures.get(key)
            if picture is not None:
                self._pictures.move_to_end(key)
            return picture

    def put(self, key: Hashable, picture: Rendered) -> None:
        """Keep a picture and let go of those that were not used for longest; one that is too large is not kept."""
        if len(picture.body) > self.max_bytes:
            return
        with self._lock:
            replaced = self._pictures.pop(key, None)
            self._bytes += len(picture.body) - (len(replaced.body) if replaced else 0)
            self._pictures[key] = picture
            while self._bytes > self.max_bytes:
                _, dropped = self._pictures.popitem(last=False)
                self._bytes -= len(dropped.body)
