"""Other completions of one program: syntax trees rewritten so that they mean the same and look like another hand.

Local names are called otherwise, products and comparisons stand the other way round, a for loop asks its iterator
itself, branches change places, a square is a product, a result is named before it is returned.
"""

import ast

FLIPPED = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
PLAIN = (ast.Name, ast.Attribute, ast.Subscript)
LOOP = """{rest} = iter(X)
while True:
    try:
        X = next({rest})
    except StopIteration:
        break
"""
SUFFIX, ANSWER = "_2", "answer_2"


def rewritten(node: ast.FunctionDef | ast.ClassDef) -> ast.FunctionDef | ast.ClassDef:
    """Return a copy of a definition in another completion."""
    copy: ast.FunctionDef | ast.ClassDef = ast.parse(ast.unparse(node)).body[0]  # type: ignore[assignment]
    for function in [copy] if isinstance(copy, ast.FunctionDef) else copy.body:
        if isinstance(function, ast.FunctionDef):
            Renamed(function).visit(function)
    return ast.fix_missing_locations(Turned().visit(copy))


class Renamed(ast.NodeTransformer):
    """Calls the local variables of a function otherwise; arguments keep their names, for callers may use them."""

    def __init__(self, function: ast.FunctionDef) -> None:
        inside = list(ast.walk(function))
        stored = {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        kept = {node.arg for node in inside if isinstance(node, ast.arg)}
        for node in inside:
            if isinstance(node, ast.Global | ast.Nonlocal):
                kept |= set(node.names)
        self._names = stored - kept

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Rename one."""
        return ast.Name(node.id + SUFFIX if node.id in self._names else node.id, node.ctx)


class Turned(ast.NodeTransformer):
    """Turns what may be turned without a change of meaning."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Products commute, and a square is a product."""
        self.generic_visit(node)
        if isinstance(node.op, ast.Mult):
            return ast.BinOp(node.right, ast.Mult(), node.left)
        square = isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and node.right.value == 2
        if square and isinstance(node.left, PLAIN):
            return ast.BinOp(node.left, ast.Mult(), node.left)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`a < b` is `b > a`."""
        self.generic_visit(node)
        if len(node.ops) == 1 and type(node.ops[0]) in FLIPPED:
            return ast.Compare(node.comparators[0], [FLIPPED[type(node.ops[0])]()], [node.left])
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        """Branches change places where there are two."""
        self.generic_visit(node)
        if node.orelse:
            return ast.If(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """The same within an expression."""
        self.generic_visit(node)
        return ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)

    def visit_For(self, node: ast.For) -> ast.AST | list[ast.stmt]:
        """A loop asks its iterator itself."""
        self.generic_visit(node)
        if node.orelse:
            return node
        rest = f"rest_{node.lineno}"
        begin, loop = ast.parse(LOOP.format(rest=rest)).body
        begin.value.args = [node.iter]  # type: ignore[attr-defined]
        loop.body[0].body[0].targets = [node.target]  # type: ignore[attr-defined]
        loop.body += node.body  # type: ignore[attr-defined]
        return [begin, loop]

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        """A result has a name."""
        self.generic_visit(node)
        if node.value is None or isinstance(node.value, ast.Name | ast.Constant):
            return node
        return [ast.Assign([ast.Name(ANSWER, ast.Store())], node.value), ast.Return(ast.Name(ANSWER, ast.Load()))]
