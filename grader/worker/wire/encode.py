"""From a value to bytes. See `codec` for the layout."""

import struct
import sys
from array import array
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from grader.values import Remote, Tensor, name_of
from grader.worker.wire import rules
from grader.worker.wire.rules import Refused


class Writer:
    """Turns a value into what MessagePack can hold; collects raw bytes."""

    def __init__(
        self,
        keep: Callable[[object], tuple[int, str]] | None,
        lend: Callable[[Callable[..., Any]], int] | None,
        limit: int,
    ) -> None:
        """limit: how many parts and bytes of short texts it may have; the others: as `Codec` takes them."""
        self._keep = keep
        self._lend = lend
        self._limit = self._left = limit
        self.raw: list[bytes] = []
        self._size = 0
        self._listed = 0

    def plain(self, value: Any, depth: int) -> Any:
        """Return what MessagePack can hold in place of a value. Raises Refused."""
        if depth > rules.MAX_DEPTH:
            raise Refused(f"it is nested more than {rules.MAX_DEPTH} deep, or contains itself")
        self._spend(1)
        kind = type(value)  # the exact type: `__class__` may lie
        if value is None or kind is bool or kind is float:
            return value
        write = _WRITE.get(kind)
        if write is not None:
            return write(self, value, depth)
        return self._other(kind, value)

    def _spend(self, cost: int) -> None:
        """Count what lands in the MessagePack part; a list of lists of lists can hold very many in little memory."""
        self._left -= cost
        if self._left < 0:
            raise Refused(f"it has too many parts: more than {self._limit >> 20} MB of them")

    def _other(self, kind: type, value: Any) -> Any:
        numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
        if numpy is not None and issubclass(kind, numpy.ndarray | numpy.generic):
            return self._numpy(numpy, kind, value)
        if torch is not None and issubclass(kind, torch.Tensor):
            return self._torch(torch, kind, value)
        return self._object(kind, value)

    def _object(self, kind: type, value: Any) -> Any:
        if self._lend is not None and isinstance(value, Remote):
            return self._ext(rules.HANDLE, [value._id, value._class_name])
        if self._lend is not None and callable(value):
            return msgspec.msgpack.Ext(rules.LENT, f"{self._lend(value)} {name_of(value)}".encode())
        if self._keep is None:
            raise Refused(f"it holds a {kind.__name__}, which is not data")
        number, name = self._keep(value)
        self._spend(min(len(name), rules.MAX_NAME))
        return self._ext(rules.HANDLE, [number, name[: rules.MAX_NAME]])

    def _numpy(self, numpy: Any, kind: type, value: Any) -> Any:
        if kind is numpy.ndarray:
            return self._array(rules.ARRAY, value, [])
        if issubclass(kind, numpy.ndarray):
            raise Refused(f"it is a {kind.__name__}, a subclass of numpy.ndarray; give a plain array")
        if kind in numpy.sctypeDict.values() and value.dtype.str in rules.DTYPES:
            return self._ext(rules.SCALAR, [value.dtype.str, value.tobytes()])
        return self._object(kind, value)

    def _array(self, code: int, value: Any, facts: list[Any]) -> Any:
        name = value.dtype.str
        if name not in rules.DTYPES:
            raise Refused(f"it is an array of dtype {value.dtype}; the grader takes arrays of plain numbers")
        # Before the copy: a view of one number can claim any size, and so can an array without any.
        self._require_room(rules.spread(value.shape) * value.itemsize)
        order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
        return self._ext(code, [name, list(value.shape), order, self._put(value.tobytes(order)), *facts])

    def _torch(self, torch: Any, kind: type, value: Any) -> Any:
        if kind not in (torch.Tensor, torch.nn.Parameter):
            raise Refused(f"it is a {kind.__name__}, a subclass of torch.Tensor; give a plain tensor")
        tensor = value.detach()
        if tensor.layout is not torch.strided or tensor.device.type != "cpu":
            raise Refused(
                f"it is a tensor on {tensor.device} ({tensor.layout}); the grader takes dense tensors on the CPU"
            )
        self._require_room(tensor.numel() * tensor.element_size())
        name = str(tensor.dtype).removeprefix("torch.")
        bits = tensor.contiguous().view(torch.uint16) if tensor.dtype is torch.bfloat16 else tensor
        try:
            values = bits.resolve_conj().resolve_neg().numpy()
        except (TypeError, RuntimeError) as error:
            raise Refused(f"it is a tensor of dtype {name}; the grader takes tensors of plain numbers") from error
        return self._array(rules.TENSOR, values, [name, bool(value.requires_grad)])

    def _tensor(self, value: Tensor, _depth: int) -> Any:
        return self._array(rules.TENSOR, value.array, [value.dtype, value.requires_grad])

    def _int(self, value: int, _depth: int) -> Any:
        if rules.WORD_MIN <= value <= rules.WORD_MAX:
            return value
        size = value.bit_length() // 8 + 1
        if size > rules.MAX_INT_BYTES:
            raise Refused(f"it is a whole number of {value.bit_length()} bits")
        self._spend(size)
        return msgspec.msgpack.Ext(rules.INT, value.to_bytes(size, "little", signed=True))

    def _str(self, value: str, _depth: int) -> Any:
        try:
            data = value.encode()
        except UnicodeEncodeError:
            return self._ext(rules.ODD_TEXT, self._put(value.encode("utf-8", "surrogatepass")))
        if len(data) >= rules.LONG:
            return self._ext(rules.TEXT, self._put(data))
        self._spend(len(data))
        return value

    def _bytes(self, value: bytes, _depth: int) -> Any:
        if len(value) >= rules.LONG:
            return self._ext(rules.BYTES, self._put(value))
        self._spend(len(value))
        return value

    def _list(self, value: list[Any], depth: int) -> Any:
        if len(value) >= rules.MANY:
            packed = self._packed(value)
            if packed is not None:
                return packed
        return [self.plain(item, depth + 1) for item in list(value)]

    def _packed(self, value: list[Any]) -> Any:
        kinds = set(map(type, value))
        self._listed += len(value)
        if self._listed > rules.MAX_NUMBERS:
            raise Refused(f"its lists have more than {rules.MAX_NUMBERS} items")
        if kinds == {float}:
            return self._ext(rules.FLOATS, self._put(array("d", value).tobytes()))
        if kinds == {int}:
            try:
                return self._ext(rules.INTS, self._put(array("q", value).tobytes()))
            except OverflowError:
                return None
        return None

    def _tuple(self, value: tuple[Any, ...], depth: int) -> Any:
        return self._ext(rules.TUPLE, [self.plain(item, depth + 1) for item in value])

    def _dict(self, value: dict[Any, Any], depth: int) -> Any:
        return self._ext(rules.DICT, [self.plain(part, depth + 1) for pair in list(value.items()) for part in pair])

    def _set(self, value: Iterable[Any], depth: int) -> Any:
        code = rules.SET if type(value) is set else rules.FROZENSET
        return self._ext(code, [self.plain(item, depth + 1) for item in value])

    def _complex(self, value: complex, _depth: int) -> Any:
        return msgspec.msgpack.Ext(rules.COMPLEX, struct.pack("<dd", value.real, value.imag))

    def _range(self, value: range, _depth: int) -> Any:
        if value[rules.MAX_NUMBERS :]:  # len() refuses very long ones
            raise Refused(f"it is a range of more than {rules.MAX_NUMBERS} numbers")
        return self._ext(rules.RANGE, [value.start, value.stop, value.step])

    def _slice(self, value: slice, depth: int) -> Any:
        return self._ext(rules.SLICE, [self.plain(part, depth + 1) for part in (value.start, value.stop, value.step)])

    def _put(self, data: bytes) -> list[int]:
        """Take raw bytes; returns where they stand and how many they are."""
        self._require_room(len(data))
        place = [self._size, len(data)]
        self._size += len(data)
        self.raw.append(data)
        return place

    def _require_room(self, size: int) -> None:
        if self._size + size > rules.MAX_RAW_BYTES:
            raise Refused(f"it is larger than {rules.MAX_RAW_BYTES >> 20} MB")

    def _ext(self, code: int, payload: Any) -> Any:
        return msgspec.msgpack.Ext(code, msgspec.msgpack.encode(payload))


_WRITE: dict[type, Callable[[Writer, Any, int], Any]] = {
    int: Writer._int,
    str: Writer._str,
    bytes: Writer._bytes,
    list: Writer._list,
    tuple: Writer._tuple,
    dict: Writer._dict,
    set: Writer._set,
    frozenset: Writer._set,
    complex: Writer._complex,
    range: Writer._range,
    slice: Writer._slice,
    Tensor: Writer._tensor,
}
