"""The tests of significance once more, slowly, from the formulas, with `math` alone."""

import itertools
import math
from statistics import NormalDist


def mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def variance(values: list[float]) -> float:
    center = mean(values)
    return math.fsum((value - center) ** 2 for value in values) / (len(values) - 1)


def t_two_sided(t: float, freedom: float, steps: int = 2000) -> float:
    """P(|T| > |t|) by Simpson's rule.

    With T = sqrt(freedom) / tan(angle) the density is sin(angle)^(freedom - 1) on a finite
    interval; angle = v^3 makes the integrand smooth at 0 for every freedom >= 1.
    """
    constant = 2 * math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))
    end = math.cbrt(math.atan2(math.sqrt(freedom), abs(t)))
    h = end / steps
    total = 0.0
    for i in range(steps + 1):
        weight = 1 if i in (0, steps) else 4 if i % 2 else 2
        v = i * h
        total += weight * math.sin(v**3) ** (freedom - 1) * 3 * v**2
    return constant / math.sqrt(math.pi) * total * h / 3


def t_quantile(level: float, freedom: float) -> float:
    """The t with P(|T| <= t) = level, by bisection."""
    low, high = 0.0, 1e6
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if t_two_sided(middle, freedom) > 1 - level else (low, middle)
    return low


def welch(a: list[float], b: list[float]) -> dict[str, float]:
    squares = [variance(a) / len(a), variance(b) / len(b)]
    error = math.sqrt(sum(squares))
    freedom = sum(squares) ** 2 / (squares[0] ** 2 / (len(a) - 1) + squares[1] ** 2 / (len(b) - 1))
    t = (mean(a) - mean(b)) / error
    m = len(a) + len(b) - 2
    pooled = math.sqrt(((len(a) - 1) * variance(a) + (len(b) - 1) * variance(b)) / m)
    j = math.gamma(m / 2) / (math.sqrt(m / 2) * math.gamma((m - 1) / 2))
    return {
        "t": t,
        "freedom": freedom,
        "p": t_two_sided(t, freedom),
        "g": j * (mean(a) - mean(b)) / pooled,
        "half_width": t_quantile(0.95, freedom) * error,
    }


def paired(wrong_a: list[list[int]], wrong_b: list[list[int]]) -> dict[str, float]:
    differences = [
        100 * (mean([seed[i] for seed in wrong_a]) - mean([seed[i] for seed in wrong_b]))
        for i in range(len(wrong_a[0]))
    ]
    spread, n = math.sqrt(variance(differences)), len(differences)
    t = mean(differences) / (spread / math.sqrt(n))
    return {
        "t": t,
        "p": t_two_sided(t, n - 1),
        "d_z": mean(differences) / spread,
        "half_width": t_quantile(0.95, n - 1) * spread / math.sqrt(n),
    }


def two_proportions(wrong_a: float, n_a: int, wrong_b: float, n_b: int) -> dict[str, float]:
    a, b = wrong_a / n_a, wrong_b / n_b
    together = (wrong_a + wrong_b) / (n_a + n_b)
    z = (a - b) / math.sqrt(together * (1 - together) / n_a + together * (1 - together) / n_b)
    return {
        "z": z,
        "p": math.erfc(abs(z) / math.sqrt(2)),
        # arcsin(sqrt(p)) = arccos(1 - 2 p) / 2
        "h": math.acos(1 - 2 * a) - math.acos(1 - 2 * b),
    }


def holm(p_values: list[float]) -> list[float]:
    """Each p's adjusted value, straight from the definition: a maximum over smaller p."""
    count = len(p_values)
    order = sorted(range(count), key=lambda i: p_values[i])
    return [
        max(min(1.0, (count - rank) * p_values[order[rank]]) for rank in range(order.index(i) + 1))
        for i in range(count)
    ]


def paired_seeds(a: dict[int, float], b: dict[int, float]) -> dict[str, float]:
    """Matched by seed, one seed after the other."""
    differences = [a[seed] - b[seed] for seed in sorted(a)]
    error = math.sqrt(variance(differences) / len(differences))
    freedom = len(differences) - 1
    t = mean(differences) / error
    return {
        "t": t,
        "p": t_two_sided(t, freedom),
        "d_z": t / math.sqrt(len(differences)),
        "half_width": t_quantile(0.95, freedom) * error,
    }


def group_means(errors: list[float], groups: int) -> list[float]:
    """Every replicate is put with those of its group, then each group is averaged."""
    members: dict[int, list[float]] = {}
    for number, error in enumerate(errors):
        members.setdefault(number % groups, []).append(error)
    return [mean(members[group]) for group in range(groups)]


def t_one_sided(t: float, freedom: float) -> float:
    """P(T > t)."""
    half = t_two_sided(t, freedom) / 2
    return half if t > 0 else 1 - half


def two_one_sided(difference: float, error: float, freedom: float, margin: float) -> float:
    """The larger p of two tests: is it above -margin, is it below margin?"""
    above = t_one_sided((difference + margin) / error, freedom)
    below = t_one_sided((margin - difference) / error, freedom)
    return max(above, below)


def improvement(first: list[float], second: list[float]) -> float:
    """Share of the pairs of runs in which the second has the lower error, run by run."""
    score = 0.0
    for one in first:
        for other in second:
            score += 1.0 if other < one else 0.5 if other == one else 0.0
    return score / (len(first) * len(second))


def every_sample_of_the_bootstrap(first: list[float], second: list[float]) -> list[float]:
    """The probability of improvement in each sample that there can be, all equally likely."""
    return [
        improvement(list(again), list(against))
        for again in itertools.product(first, repeat=len(first))
        for against in itertools.product(second, repeat=len(second))
    ]


def dealt(a: list[float], b: list[float]) -> float:
    """Share of all ways to deal the errors to two cells that differ by as much."""
    pool, seen = a + b, abs(math.fsum(a) - math.fsum(b))
    ways = list(itertools.combinations(range(len(pool)), len(a)))
    total = math.fsum(pool)
    sums = [math.fsum(pool[i] for i in way) for way in ways]
    return sum(abs(2 * one - total) >= seen - 1e-7 for one in sums) / len(ways)


def swapped(a: list[float], b: list[float]) -> float:
    """Share of all ways to swap the errors of single seeds that differ by as much."""
    differences = [x - y for x, y in zip(a, b, strict=True)]
    ways = list(itertools.product((1, -1), repeat=len(a)))
    sums = [math.fsum(s * d for s, d in zip(way, differences, strict=True)) for way in ways]
    return sum(abs(one) >= abs(math.fsum(differences)) - 1e-7 for one in sums) / len(ways)


def smallest(test: str, n: int) -> float:
    """The p of errors that could not be further apart."""
    low, high = [0.0] * n, [100.0] * n
    return dealt(low, high) if test == "welch" else swapped(low, high)


def until_decided(
    pairs: list[tuple[str, str]],
    looks: list[int],
    test: str,
    level: float,
    values: dict[str, list[float]],
) -> dict[tuple[str, str], tuple[str, int]]:
    """Outcome and last look of each pair, by closed testing of Bonferroni's bounds."""
    used = 0
    shares = []
    for seeds in looks:
        share = (seeds - used) / looks[-1]
        if smallest(test, seeds) > share * level / len(pairs):
            share = 0.0
        else:
            used = seeds
        shares.append(share)
    best = dict.fromkeys(pairs, 1.0)
    outcome = dict.fromkeys(pairs, ("open", 0))
    for look, seeds in enumerate(looks, start=1):
        p = {}
        for pair in [one for one in pairs if outcome[one][0] == "open"]:
            outcome[pair] = ("open", look)
            a, b = values[pair[0]][:seeds], values[pair[1]][:seeds]
            p[pair] = max(_t_test(test, a, b), (dealt if test == "welch" else swapped)(a, b))
            if shares[look - 1]:
                best[pair] = min(best[pair], p[pair] / shares[look - 1])
        is_found = {pair: _in_every_family(pair, best, level) for pair in pairs}
        left = len(pairs) - sum(is_found.values())
        for pair in pairs:
            if is_found[pair]:
                outcome[pair] = ("decided", outcome[pair][1])
            elif outcome[pair][0] == "open" and look == len(looks):
                outcome[pair] = ("not decided", look)
            elif outcome[pair][0] == "open":
                needed = NormalDist().inv_cdf(1 - level * shares[-1] / left / 2)
                if _chance(seeds / looks[-1], p[pair], needed) < 0.01:
                    outcome[pair] = ("futile", look)
    return outcome


def _t_test(test: str, a: list[float], b: list[float]) -> float:
    """The p of the test itself; without any spread it is 1 or 0."""
    differences = [x - y for x, y in zip(a, b, strict=True)]
    parts = [
        variance(one) / len(a) for one in ([differences] if test == "paired_seeds" else [a, b])
    ]
    if not any(parts):
        return float(mean(a) == mean(b))
    freedom = (len(a) - 1) * sum(parts) ** 2 / sum(part**2 for part in parts)
    return t_two_sided(mean(differences) / math.sqrt(sum(parts)), freedom, steps=200)


def _in_every_family(pair: tuple[str, str], best: dict[tuple[str, str], float], level: float):
    """Whether each set of pairs with this one has a p that is small enough for the set."""
    others = [one for one in best if one != pair]
    return all(
        min(best[one] for one in (pair, *family)) <= level / (1 + size)
        for size in range(len(others) + 1)
        for family in itertools.combinations(others, size)
    )


def _chance(time: float, p: float, needed: float) -> float:
    """Chance that a Brownian motion that goes on as it did is at `needed` at time 1."""
    now = NormalDist().inv_cdf(1 - p / 2) * math.sqrt(time)
    end = NormalDist(now + now / time * (1 - time), math.sqrt(1 - time))
    return 1 - end.cdf(needed)
