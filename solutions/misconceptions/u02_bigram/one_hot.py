"""Wrong answers to u02.one_hot, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _rows(ix, num_classes):
    if ((ix < 0) | (ix >= num_classes)).any():
        raise ValueError("index")
    return (ix.unsqueeze(-1) == torch.arange(num_classes)).float()


@misconception(
    "one_hot",
    says="The result holds integers. It is going to be multiplied by weights, and torch does not multiply int64 by "
    "float32.",
    symptom=True,
)
def int_dtype(ix, num_classes):
    return _rows(ix, num_classes).long()


@misconception("one_hot", says="The result is float64. The contract asks for float32, as weights are.", symptom=True)
def one_hot_double(ix, num_classes):
    return _rows(ix, num_classes).double()


@misconception(
    "one_hot",
    says="The width follows the largest index that occurs. The next batch would be wider, or narrower: "
    "num_classes it is.",
)
def infer_classes(ix, num_classes):
    return _rows(ix, num_classes)[..., : int(ix.max()) + 1]


@misconception("one_hot", says="The table is turned over: classes down, indices across. Each index has a row.")
def turned(ix, num_classes):
    return _rows(ix, num_classes).movedim(-1, 0).contiguous()


@misconception("one_hot", says="The 1 stands one place too far to the right: classes are counted from 0 on.")
def shifted(ix, num_classes):
    return _rows(ix, num_classes).roll(1, dims=-1)


@misconception(
    "one_hot",
    says="There is one row for the whole batch, with a 1 for every index that occurs. Each index has a vector.",
)
def many_hot(ix, num_classes):
    return _rows(ix, num_classes).reshape(-1, num_classes).amax(dim=0)


@misconception(
    "one_hot",
    says="Every row has a 1 for every index that occurs: out[:, ix] = 1 writes to all rows. Row i has one, at ix[i].",
)
def ones_in_all_rows(ix, num_classes):
    rows = _rows(ix, num_classes)
    return torch.zeros_like(rows) + rows.reshape(-1, num_classes).amax(dim=0)


@misconception(
    "one_hot",
    says="Axes of the indices are lost: what was a table of indices comes out as one long list of vectors.",
)
def flat_only(ix, num_classes):
    return _rows(ix, num_classes).reshape(-1, num_classes)


@misconception(
    "one_hot",
    says="The index -1 becomes the last class: torch counts it from the end. It is to be refused.",
    symptom=True,
)
def negative_wraps(ix, num_classes):
    if ((ix < -num_classes) | (ix >= num_classes)).any():
        raise ValueError("index")
    return torch.eye(num_classes)[ix]


@misconception(
    "one_hot",
    says="An index that no class has gives a row of zeros, without a word.",
    symptom=True,
)
def zeros_out_of_range(ix, num_classes):
    return (ix.unsqueeze(-1) == torch.arange(num_classes)).float()
