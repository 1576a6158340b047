"""How many images each class gives to a draw."""


def class_quotas(sizes: list[int], count: int) -> list[int]:
    """Return how many images each class gives: its share of `count`, rounded up or down.

    What rounding down leaves goes to the largest fractions, among equal ones to the first class.

    Args:
        sizes: images of each class.
        count: images in all, at most the sum of `sizes`.

    Example:
        >>> class_quotas([50, 30, 20], 9)  # exact shares 4.5, 2.7, 1.8
        [4, 3, 2]
    """
    total = sum(sizes)
    quotas = [count * size // total for size in sizes]
    fractions = [count * size % total for size in sizes]
    largest = sorted(range(len(sizes)), key=lambda label: (-fractions[label], label))
    for label in largest[: count - sum(quotas)]:
        quotas[label] += 1
    return quotas
