"""AND, OR and NOT of a filter, whatever it filters: its leaves say what that is."""

from collections.abc import Callable, Iterator

from rehearsal.services.logging.language import And, Node, Not, Or


def combined[T](node: Node, leaf: Callable[[Node], Callable[[T], bool]]) -> Callable[[T], bool]:
    """The test of a filter, of the tests that ``leaf`` makes of what is neither AND, OR nor NOT."""
    match node:
        case And(parts):
            each = [combined(part, leaf) for part in parts]
            return lambda one: all(holds(one) for holds in each)
        case Or(parts):
            each = [combined(part, leaf) for part in parts]
            return lambda one: any(holds(one) for holds in each)
        case Not(part):
            negated = combined(part, leaf)
            return lambda one: not negated(one)
    return leaf(node)


def conjuncts(node: Node) -> Iterator[Node]:
    """What must hold for the whole to hold: the parts of nested ANDs, or the one that there is."""
    if not isinstance(node, And):
        yield node
        return
    for part in node.parts:
        yield from conjuncts(part)
