"""Wrong answers to u01.backward, each with its cause in words, run in the solution's namespace."""

from grader import misconception


def _forget_sweep(nodes):
    for node in nodes:
        if node._prev:
            node.grad = 0.0


@misconception(
    "backward",
    says="A node passes its gradient on as soon as one of its users has reported. A node with several users is "
    "then counted several times, or with half of its gradient: wait until all of them have reported.",
)
def recursive_no_topo(self):
    def report(node):
        node._backward()
        for operand in node._prev:
            report(operand)

    self.grad = 1.0
    report(self)


@misconception(
    "backward",
    says="You walk the list from its start, operands before results: the leaves are asked to report before the "
    "root has sent anything. The sweep goes from the root to the leaves.",
    symptom="In your sweep the leaves report before anything has reached them. It goes the other way, from the result "
    "to the leaves.",
)
def forward_order(self):
    order = topological_order(self)
    _forget_sweep(order)
    self.grad = 1.0
    for node in order:
        node._backward()


@misconception(
    "backward",
    says="Nothing says that the root's own slope is 1. Every gradient is a product that starts there, so with "
    "0 they are all 0.",
)
def seed_missing(self):
    order = topological_order(self)
    _forget_sweep(order)
    for node in reversed(order):
        node._backward()


@misconception(
    "backward",
    says="The root's gradient is set to 1, not increased by 1: it may hold something from an earlier sweep, "
    "and then every gradient is too large by that factor.",
)
def seed_accumulate(self):
    order = topological_order(self)
    _forget_sweep(order[:-1])
    self.grad += 1.0
    for node in reversed(order):
        node._backward()


@misconception(
    "backward",
    says="Nodes in between still hold the gradient of the sweep before, and pass it on a second time. Leaves "
    "add up over sweeps; nodes that were made from others start each sweep from 0.",
)
def stale_inner(self):
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        node._backward()


@misconception(
    "backward",
    says="The leaves forget what they held: all gradients start from 0. Then the gradients of two losses can "
    "no longer be added, and that is how a batch in parts is trained. Emptying the leaves is the caller's "
    "decision.",
)
def zero_everything(self):
    order = topological_order(self)
    for node in order:
        node.grad = 0.0
    self.grad = 1.0
    for node in reversed(order):
        node._backward()


@misconception(
    "backward",
    says="In your sweep a node reports after its operands: the leaves come first and have nothing to report yet. The "
    "sweep goes the other way, from the result to the leaves.",
    symptom="In your sweep the leaves report before anything has reached them. It goes the other way, from the result "
    "to the leaves.",
)
def dfs_postorder_backward(self):
    seen = set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for operand in node._prev:
                visit(operand)
            node._backward()

    self.grad = 1.0
    visit(self)


@misconception(
    "backward",
    says="The sweep also resets the root's gradient when it empties the nodes in between, or the 1 is written "
    "too early: by the time the root reports, its gradient is 0.",
)
def seed_wiped(self):
    self.grad = 1.0
    order = topological_order(self)
    _forget_sweep(order)
    for node in reversed(order):
        node._backward()


@misconception(
    "backward",
    says="A node with several users reports several times, once for each of them. It belongs in your list "
    "once, in the same case in which it is marked as seen.",
)
def appended_each_time(self):
    order, seen, stack = [], set(), [(self, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        else:
            stack.append((node, True))
            if id(node) not in seen:
                seen.add(id(node))
                stack.extend((operand, False) for operand in reversed(node._prev))
    _forget_sweep(order)
    self.grad = 1.0
    for node in reversed(order):
        node._backward()


@misconception(
    "backward",
    says="The root's gradient is 1, and no node has reported to its operands. Is your list of nodes filled before the "
    "loop? And is node._backward() called, with the parentheses, for every node in it?",
    symptom=True,
)
def sweep_never_runs(self):
    self.grad = 1.0


@misconception(
    "backward",
    says="The root reports once for every node of the list, and no other node reports. In the loop it is the "
    "node's _backward that is called, not that of self.",
)
def root_reports_each_time(self):
    order = topological_order(self)
    _forget_sweep(order)
    self.grad = 1.0
    for _ in order:
        self._backward()


@misconception(
    "backward",
    says="Every node reports a gradient of 1, as if each were the root. Only the root is set to 1, once, "
    "before the loop.",
)
def each_is_the_root(self):
    order = topological_order(self)
    _forget_sweep(order)
    for node in reversed(order):
        node.grad = 1.0
        node._backward()


@misconception(
    "backward",
    says="Your backward calls backward again, without end. What each node of the list has to do is _backward, "
    "with an underscore.",
    symptom=True,
)
def calls_itself(self):
    order = topological_order(self)
    self.grad = 1.0
    for node in reversed(order):
        node.backward()
