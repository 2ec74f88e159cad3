"""Tensors through the codec: the host sees an array and a name, and needs no torch. All of torch's tests are here."""

import numpy as np
import pytest

from grader.failures import LearnerError
from grader.submission.explain import out_of_memory
from grader.values import Tensor, tensor
from grader.worker.wire.codec import Codec, Refused

torch = pytest.importorskip("torch")
LEARNER = Codec(keep=lambda thing: (0, type(thing).__name__), find=lambda *_: None, host=False)
HOST = Codec(keep=None, find=lambda _, name: f"a handle of {name}", host=True)
FLOATS = ("float64", "float32", "float16", "bfloat16", "complex64", "complex128")
DTYPES = (*FLOATS, "int64", "int32", "int16", "int8", "uint8", "bool")


def there_and_back(value):
    return LEARNER.decode(HOST.encode(HOST.decode(LEARNER.encode(value))))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0, 2), (3, 2)])
def test_a_tensor_arrives_as_it_left(dtype, shape):
    sent = torch.ones(shape).to(getattr(torch, dtype))
    seen = HOST.decode(LEARNER.encode(sent))
    assert (type(seen), seen.dtype, seen.shape, seen.requires_grad) == (Tensor, dtype, shape, False)
    back = there_and_back(sent)
    assert back.dtype is sent.dtype
    assert torch.equal(back, sent)


def test_bfloat16_keeps_its_bits():
    sent = torch.tensor([1.0, -0.0, 3.140625, float("inf"), float("nan")], dtype=torch.bfloat16)
    assert torch.equal(there_and_back(sent).view(torch.int16), sent.view(torch.int16))


def test_requires_grad_travels_both_ways():
    leaf = torch.ones(2, requires_grad=True)
    assert HOST.decode(LEARNER.encode([leaf, leaf * 2, torch.nn.Parameter(torch.ones(1))]))[1].requires_grad
    made = LEARNER.decode(HOST.encode(tensor(np.ones(3, np.float32), requires_grad=True)))
    assert made.is_leaf
    assert made.requires_grad


@pytest.mark.parametrize(
    "view",
    [
        torch.arange(6.0).reshape(2, 3).T,
        torch.arange(24.0).reshape(2, 3, 4).transpose(0, 2),
        torch.arange(10)[::3],
        torch.ones(1).expand(4, 5),
        torch.tensor([1 + 2j]).conj(),
        torch.tensor([1 + 2j]).conj().imag,
    ],
    ids=["transposed", "axes swapped", "every third", "expanded", "conjugated", "negated"],
)
def test_views_arrive_with_the_values_that_they_show(view):
    assert torch.equal(there_and_back(view), view)


def test_numbers_arrays_and_tensors_stay_apart():
    kinds = [type(part) for part in HOST.decode(LEARNER.encode([1.0, np.float64(1), np.ones(()), torch.ones(())]))]
    assert kinds == [float, np.float64, np.ndarray, Tensor]


class Mine(torch.Tensor):
    pass


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: torch.eye(2).to_sparse(), "dense tensors on the CPU"),
        (lambda: torch.ones(2, device="meta"), "on meta"),
        (lambda: torch.ones(1).expand(1 << 40), "larger than 64 MB"),
        (lambda: torch.ones(2).to(torch.float8_e4m3fn), "dtype float8_e4m3fn"),
        (lambda: torch.ones(2).as_subclass(Mine), "a Mine, a subclass of torch.Tensor"),
    ],
    ids=["sparse", "meta", "huge", "float8", "subclass"],
)
def test_refused_with_a_sentence(make, why):
    with pytest.raises(Refused) as refused:
        LEARNER.encode(make())
    assert why in str(refused.value)


def test_torchs_way_to_say_that_memory_is_out_is_known():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 50)
    assert out_of_memory(LearnerError(type="RuntimeError", bases=("RuntimeError",), message=str(caught.value)))
