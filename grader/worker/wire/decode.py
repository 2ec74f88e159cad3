"""From bytes to a value. Whoever wrote the bytes is not trusted: every branch checks what it is given. See `codec`."""

import struct
import sys
from array import array
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from grader.values import Tensor
from grader.worker.wire import rules
from grader.worker.wire.rules import Garbage
from grader.worker.wire.tokens import has_map


class Reader:
    """Reads one value. What `Writer` does not make is Garbage, or an exception that the codec turns into it."""

    def __init__(
        self,
        raw: memoryview,
        *,
        find: Callable[[int, str], object],
        call: Callable[[int, str], Callable[..., Any]] | None,
        host: bool,
    ) -> None:
        """raw: the bytes of arrays and long texts. The others: as `Codec` takes them."""
        self._raw = raw
        self._find = find
        self._call = call
        self._host = host
        self._depth = 0
        self._left = len(raw)  # each raw byte is read once, or a small message could ask for the same large list often
        self._listed = 0

    def read(self, data: bytes | memoryview) -> Any:
        """Return the value of a piece of MessagePack."""
        self._depth += 1
        if self._depth > rules.MAX_DEPTH + 2:
            raise Garbage("nested too deeply")
        if self._host and has_map(data):
            raise Garbage("a map")
        value = msgspec.msgpack.decode(data, ext_hook=self._extension, strict=True)
        self._depth -= 1
        return value

    def _extension(self, code: int, data: memoryview) -> Any:
        read = _READ.get(code)
        if read is None:
            raise Garbage(f"unknown kind {code}")
        return read(self, data)

    def _int(self, data: memoryview) -> int:
        if len(data) > rules.MAX_INT_BYTES:
            raise Garbage("a very large whole number")
        return int.from_bytes(data, "little", signed=True)

    def _slice(self, place: Any) -> memoryview:
        offset, size = place
        if not (type(offset) is type(size) is int and 0 <= offset <= offset + size <= len(self._raw)):
            raise Garbage("bytes that are not there")
        self._left -= size
        if self._left < 0:
            raise Garbage("bytes that were read before")
        return self._raw[offset : offset + size]

    def _text(self, data: memoryview) -> str:
        return str(self._slice(self.read(data)), "utf-8")

    def _odd_text(self, data: memoryview) -> str:
        return str(self._slice(self.read(data)), "utf-8", "surrogatepass")

    def _bytes(self, data: memoryview) -> bytes:
        return bytes(self._slice(self.read(data)))

    def _numbers(self, code: str, data: memoryview) -> list[Any]:
        raw = self._slice(self.read(data))
        self._listed += len(raw) // 8
        if self._listed > rules.MAX_NUMBERS:
            raise Garbage("very long lists")
        numbers = array(code)
        numbers.frombytes(raw)
        return numbers.tolist()

    def _ints(self, data: memoryview) -> list[int]:
        return self._numbers("q", data)

    def _floats(self, data: memoryview) -> list[float]:
        return self._numbers("d", data)

    def _items(self, data: memoryview) -> list[Any]:
        items = self.read(data)
        if type(items) is not list:
            raise Garbage("no list of items")
        return items

    def _tuple(self, data: memoryview) -> tuple[Any, ...]:
        return tuple(self._items(data))

    def _dict(self, data: memoryview) -> dict[Any, Any]:
        items = self._items(data)
        return dict(zip(_keys(items[::2]), items[1::2], strict=True))

    def _set(self, data: memoryview) -> set[Any]:
        return set(_keys(self._items(data)))

    def _frozenset(self, data: memoryview) -> frozenset[Any]:
        return frozenset(_keys(self._items(data)))

    def _complex(self, data: memoryview) -> complex:
        return complex(*struct.unpack("<dd", data))

    def _range(self, data: memoryview) -> range:
        start, stop, step = self._items(data)
        found = range(start, stop, step)
        if found[rules.MAX_NUMBERS :]:
            raise Garbage("a very long range")
        return found

    def _index(self, data: memoryview) -> slice:
        start, stop, step = self._items(data)
        return slice(start, stop, step)

    def _scalar(self, data: memoryview) -> Any:
        import numpy as np

        name, raw = self._items(data)
        if name not in rules.DTYPES:
            raise Garbage("an unknown number type")
        return np.frombuffer(raw, np.dtype(name), 1)[0]

    def _array(self, data: memoryview) -> Any:
        return self._filled(*self._items(data))

    def _filled(self, name: str, shape: list[int], order: Literal["C", "F"], place: list[int]) -> Any:
        import numpy as np

        if name not in rules.DTYPES or order not in ("C", "F") or type(shape) is not list:
            raise Garbage("no array")
        if len(shape) > rules.MAX_DIMENSIONS or any(type(size) is not int or size < 0 for size in shape):
            raise Garbage("no shape")
        if rules.spread(shape) * np.dtype(name).itemsize > rules.MAX_RAW_BYTES:
            raise Garbage("an array whose sums do not fit into memory")
        values = np.frombuffer(self._slice(place), np.dtype(name)).reshape(shape, order=order)
        if name == "|b1" and values.size and values.view(np.uint8).max() > 1:
            raise Garbage("no truth value")
        return values.copy("K")  # writable, aligned, and the message can be forgotten

    def _tensor(self, data: memoryview) -> Any:
        *facts, dtype, requires_grad = self._items(data)
        values = self._filled(*facts)
        if dtype != values.dtype.name and (dtype, values.dtype.name) != ("bfloat16", "uint16"):
            raise Garbage("no tensor")
        if type(requires_grad) is not bool:
            raise Garbage("no tensor")
        if self._host:
            return Tensor(values, dtype, requires_grad)
        torch = sys.modules["torch"]
        made = torch.from_numpy(values)
        made = made.view(torch.bfloat16) if dtype == "bfloat16" else made
        return made.requires_grad_(requires_grad)

    def _handle(self, data: memoryview) -> object:
        number, name = self._items(data)
        if type(number) is not int or type(name) is not str or not 0 <= number < rules.MAX_HANDLE:
            raise Garbage("no handle")
        return self._find(number, name[: rules.MAX_NAME])

    def _lent(self, data: memoryview) -> Callable[..., Any]:
        if self._call is None:
            raise Garbage("a function")
        number, _, name = str(data, "utf-8").partition(" ")
        return self._call(int(number), name)


def _keys(items: list[Any]) -> list[Any]:
    """Return the keys of a dict or set, unless many were made to have the same hash: they would take for ever."""
    if len(items) - len(set(map(hash, items))) > rules.MAX_ALIKE:
        raise Garbage("keys that are all alike")
    return items


_READ: dict[int, Callable[[Reader, memoryview], Any]] = {
    rules.INT: Reader._int,
    rules.TEXT: Reader._text,
    rules.ODD_TEXT: Reader._odd_text,
    rules.BYTES: Reader._bytes,
    rules.INTS: Reader._ints,
    rules.FLOATS: Reader._floats,
    rules.TUPLE: Reader._tuple,
    rules.DICT: Reader._dict,
    rules.SET: Reader._set,
    rules.FROZENSET: Reader._frozenset,
    rules.COMPLEX: Reader._complex,
    rules.RANGE: Reader._range,
    rules.SLICE: Reader._index,
    rules.SCALAR: Reader._scalar,
    rules.ARRAY: Reader._array,
    rules.TENSOR: Reader._tensor,
    rules.HANDLE: Reader._handle,
    rules.LENT: Reader._lent,
}
