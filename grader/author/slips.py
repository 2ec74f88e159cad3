"""The small slips that are tried in a solution's answers: which pieces of code can be written wrong, and how.

Each maker takes one piece of a syntax tree and yields what might stand there instead, with the kind of the slip. A slip
may turn out to change nothing; one that cannot even run is no use, so few of those are made.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T")
Slip = tuple[str, ast.AST]

OPERATOR, COMPARISON, LOGIC, CONDITION = "operator", "comparison", "logic", "condition"
CONSTANT, AXIS, OFF_BY_ONE, SIGN = "constant", "axis", "off by one", "sign"
TERM, CALL, ARGUMENT, STATEMENT = "dropped term", "dropped call", "dropped argument", "dropped statement"
SWAPPED, FUNCTION, EXCEPTION = "swapped", "function", "exception"
KINDS = (
    OPERATOR, COMPARISON, LOGIC, CONDITION, CONSTANT, AXIS, OFF_BY_ONE, SIGN,
    TERM, CALL, ARGUMENT, STATEMENT, SWAPPED, FUNCTION, EXCEPTION,
)  # fmt: skip

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.MatMult: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
ORDERED = (ast.Sub, ast.Div, ast.Pow, ast.MatMult, ast.FloorDiv, ast.Mod)
AXES = ("axis", "dim", "keepdims", "keepdim")
PAIRS = (("min", "max"), ("any", "all"), ("sum", "mean"), ("argmin", "argmax"), ("zeros", "ones"), ("tril", "triu"))
NAMES = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}


def slips(node: ast.AST, parent: ast.AST, field: str, modules: frozenset[str]) -> Iterator[Slip]:
    """Yield what may stand for a node, the more telling kinds first. field: where in its parent it stands.

    modules: the names that stand for a module in this file.
    """
    if field == "test" and isinstance(parent, ast.If | ast.While) and isinstance(node, ast.expr):
        yield from _test(node, parent)
    elif field == "ifs":
        yield CONDITION, ast.Constant(True)
    if isinstance(node, ast.Call):
        yield from _call(node, modules, statement=isinstance(parent, ast.Expr))
    elif isinstance(node, ast.Tuple) and isinstance(parent, ast.Assign | ast.Return):
        return  # one value too few is not a slip that anybody can miss
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and (field in ("slice", "keys")):
        return  # nor is a key that is not there
    for kind, make in _MAKERS.items():
        if isinstance(node, kind):
            yield from make(node)


def _test(node: ast.expr, parent: ast.If | ast.While) -> Iterator[Slip]:
    if isinstance(parent, ast.If):
        negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        yield CONDITION, node.operand if negated and isinstance(node, ast.UnaryOp) else ast.UnaryOp(ast.Not(), node)
        if not isinstance(parent.body[0], ast.Raise):
            yield CONDITION, ast.Constant(True)
    yield CONDITION, ast.Constant(False)


def _binary(node: ast.BinOp) -> Iterator[Slip]:
    other = ARITHMETIC.get(type(node.op))
    if other is not None:
        yield OPERATOR, ast.BinOp(node.left, other(), node.right)
    yield TERM, node.left
    yield TERM, node.right
    if isinstance(node.op, ORDERED):
        yield SWAPPED, ast.BinOp(node.right, node.op, node.left)


def _compare(node: ast.Compare) -> Iterator[Slip]:
    for index, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
            yield COMPARISON, ast.Compare(node.left, ops, node.comparators)


def _logic(node: ast.BoolOp) -> Iterator[Slip]:
    yield LOGIC, ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for rest in _without_one(node.values):
        yield TERM, rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _unary(node: ast.UnaryOp) -> Iterator[Slip]:
    yield SIGN if isinstance(node.op, ast.USub) else LOGIC, node.operand


def _constant(node: ast.Constant) -> Iterator[Slip]:
    value = node.value
    if value is True or value is False:
        yield CONSTANT, ast.Constant(not value)
    elif type(value) is int:
        yield CONSTANT, ast.Constant(value + 1)
        yield CONSTANT, _number(value - 1)
    elif type(value) is float:
        yield CONSTANT, ast.Constant(value + 1.0)
        yield CONSTANT, ast.Constant(value * 0.5) if value else _number(-1.0)
    elif isinstance(value, str):
        yield CONSTANT, ast.Constant("" if value else " ")
    elif isinstance(value, bytes):
        yield CONSTANT, ast.Constant(b"" if value else b" ")


def _keyword(node: ast.keyword) -> Iterator[Slip]:
    """Other axes; one axis less of several."""
    if node.arg not in AXES:
        return
    changed: list[ast.expr] = []
    if isinstance(node.value, ast.Tuple):
        changed += [ast.Tuple(rest, ast.Load()) for rest in _without_one(node.value.elts)]
    elif isinstance(node.value, ast.Constant) and isinstance(node.value.value, bool):
        changed.append(ast.Constant(not node.value.value))
    else:
        changed += _beside(node.value, only_numbers=True)
    yield from ((AXIS, ast.keyword(node.arg, value)) for value in changed)


def _call(node: ast.Call, modules: frozenset[str], *, statement: bool) -> Iterator[Slip]:
    """Yield slips of a call. statement: it is one, and leaving it out is that statement's slip."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "range":
        for index, bound in enumerate(node.args):
            for other in _beside(bound):
                yield OFF_BY_ONE, ast.Call(node.func, _with(node.args, index, other), node.keywords)
    elif not statement:
        yield from ((CALL, inner) for inner in _inside(node, modules))
    yield from _arguments(node)
    if name in NAMES:
        yield FUNCTION, ast.Call(_renamed(node.func, NAMES[name]), node.args, node.keywords)


def _arguments(node: ast.Call) -> Iterator[Slip]:
    """Yield calls with one keyword less, two neighbours swapped, the last argument left out."""
    for index, word in enumerate(node.keywords):
        if not (isinstance(word.value, ast.Constant) and isinstance(word.value.value, bool)):  # turned round elsewhere
            rest = [*node.keywords[:index], *node.keywords[index + 1 :]]
            yield AXIS if word.arg in AXES else ARGUMENT, ast.Call(node.func, node.args, rest)
    for index, (one, other) in enumerate(pairwise(node.args)):
        if not isinstance(one, ast.Starred) and not isinstance(other, ast.Starred):
            yield SWAPPED, ast.Call(node.func, _with(_with(node.args, index, other), index + 1, one), node.keywords)
    if len(node.args) > 1:
        yield ARGUMENT, ast.Call(node.func, node.args[:-1], node.keywords)


def _inside(node: ast.Call, modules: frozenset[str]) -> Iterator[ast.expr]:
    """Yield what a call is made on: x of `x.copy()`, of `float(x)` and of `np.exp(x)`."""
    root = node.func
    while isinstance(root, ast.Attribute):
        root = root.value
    own = isinstance(root, ast.Name) and root.id in {*modules, "cls"}
    if isinstance(node.func, ast.Attribute) and not own and ast.unparse(node.func.value) != "self":
        yield node.func.value
    if node.args and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield node.args[0]


def _slice(node: ast.Slice) -> Iterator[Slip]:
    """Yield slices with one bound left out, or moved by one."""
    bounds = [node.lower, node.upper, node.step]
    for index, bound in enumerate(bounds):
        if bound is not None:
            beside = [] if bound is node.step else _beside(bound)
            from_0 = index == 0 and any(isinstance(other, ast.Constant) and other.value == 0 for other in beside)
            for other in beside if from_0 else [None, *beside]:  # from 0 on is the same as without a bound
                changed = [*bounds[:index], other, *bounds[index + 1 :]]
                yield OFF_BY_ONE, ast.Slice(changed[0], changed[1], changed[2])


def _whole(node: ast.Subscript | ast.Attribute) -> Iterator[Slip]:
    """Take x[:], a copy, and x.T for x."""
    copied = isinstance(node, ast.Subscript) and ast.unparse(node.slice) == ":"
    if copied or (isinstance(node, ast.Attribute) and node.attr in ("T", "mT")):
        yield CALL, node.value


def _choice(node: ast.IfExp) -> Iterator[Slip]:
    yield CONDITION, node.body
    yield CONDITION, node.orelse


def _display(node: ast.List | ast.Set | ast.Tuple) -> Iterator[Slip]:
    stored = isinstance(node, ast.List | ast.Tuple) and not isinstance(node.ctx, ast.Load)
    if stored or any(isinstance(element, ast.Slice) for element in node.elts):
        return
    for rest in _without_one(node.elts):
        if rest or not isinstance(node, ast.Set):
            yield TERM, ast.Set(rest) if isinstance(node, ast.Set) else type(node)(rest, ast.Load())


def _dict(node: ast.Dict) -> Iterator[Slip]:
    for keys, values in zip(_without_one(node.keys), _without_one(node.values), strict=True):
        yield TERM, ast.Dict(keys, values)


def _assigned(node: ast.Assign) -> Iterator[Slip]:
    """Leave it out where the name has a value already: that of an attribute, an element, or the one it is made of."""
    target = node.targets[0]
    loaded = {inner.id for inner in ast.walk(node.value) if isinstance(inner, ast.Name)}
    if isinstance(target, ast.Attribute | ast.Subscript) or (isinstance(target, ast.Name) and target.id in loaded):
        yield STATEMENT, ast.Pass()


def _augmented(node: ast.AugAssign) -> Iterator[Slip]:
    yield OPERATOR, ast.Assign([node.target], node.value)
    other = ARITHMETIC.get(type(node.op))
    if other is not None:
        yield OPERATOR, ast.AugAssign(node.target, other(), node.value)
    yield STATEMENT, ast.Pass()


def _expression(node: ast.Expr) -> Iterator[Slip]:
    if not isinstance(node.value, ast.Constant):
        yield STATEMENT, ast.Pass()


def _left_out(_: ast.stmt) -> Iterator[Slip]:
    yield STATEMENT, ast.Pass()


def _with_block(node: ast.With) -> Iterator[Slip]:
    """Only the block of a `with` that binds no name."""
    if not any(item.optional_vars for item in node.items):
        yield STATEMENT, ast.If(ast.Constant(True), node.body, [])


def _raised(node: ast.Raise) -> Iterator[Slip]:
    """Another error. Its message is for people, and no slip."""
    if isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
        other = "LookupError" if node.exc.func.id == "RuntimeError" else "RuntimeError"
        yield EXCEPTION, ast.Raise(ast.Call(ast.Name(other, ast.Load()), node.exc.args, node.exc.keywords), node.cause)


_MAKERS: dict[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Iterator[Slip]]] = {
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.BoolOp: _logic,
    ast.UnaryOp: _unary,
    ast.keyword: _keyword,
    ast.Constant: _constant,
    ast.Slice: _slice,
    (ast.Subscript, ast.Attribute): _whole,
    ast.IfExp: _choice,
    (ast.List, ast.Set, ast.Tuple): _display,
    ast.Dict: _dict,
    ast.Assign: _assigned,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    (ast.Break, ast.Continue, ast.Delete): _left_out,
    ast.With: _with_block,
    ast.Raise: _raised,
}


def _beside(bound: ast.expr, *, only_numbers: bool = False) -> list[ast.expr]:
    """Return one more and one less, as one would write them; of `n - 1` that is `n - 0` and `n - 2`."""
    if isinstance(bound, ast.Constant) and type(bound.value) is int:
        return [ast.Constant(bound.value + 1), _number(bound.value - 1)]
    if isinstance(bound, ast.UnaryOp) and isinstance(bound.op, ast.USub):
        return [ast.UnaryOp(bound.op, other) for other in _beside(bound.operand, only_numbers=True)]
    if only_numbers:
        return []
    if (
        isinstance(bound, ast.BinOp)
        and isinstance(bound.op, ast.Add | ast.Sub)
        and isinstance(bound.right, ast.Constant)
    ):
        return [ast.BinOp(bound.left, bound.op, other) for other in _beside(bound.right, only_numbers=True)]
    return [ast.BinOp(bound, operator, ast.Constant(1)) for operator in (ast.Add(), ast.Sub())]


def _number(value: float) -> ast.expr:
    """Return a number as Python reads it: -1 is the minus of a 1."""
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def _without_one(elements: Sequence[T]) -> list[list[T]]:
    return [[*elements[:index], *elements[index + 1 :]] for index in range(len(elements))]


def _with(elements: list[ast.expr], index: int, other: ast.expr) -> list[ast.expr]:
    return [*elements[:index], other, *elements[index + 1 :]]


def _renamed(func: ast.expr, name: str) -> ast.expr:
    return (
        ast.Attribute(func.value, name, ast.Load()) if isinstance(func, ast.Attribute) else ast.Name(name, ast.Load())
    )
