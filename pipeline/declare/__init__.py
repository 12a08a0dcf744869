"""The parts of an edition, made from its declaration: tables, rules, key figures and charts."""


class EditionError(ValueError):
    """A declaration contradicts itself: a bug of the declaration, found when it is loaded."""
