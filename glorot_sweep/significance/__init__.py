"""Is one test error really lower than another? Tests, corrections and intervals.

Four tests compare two cells of a table, each against its own source of chance:

* `welch`: would another seed change the order? (for this project's runs)
* `paired_seeds`: the same, where replicates of one number share their training examples
* `paired_examples`: would other test examples change the order? (same examples for both)
* `two_percentages`: the same from two error rates alone, as Table 1 of the paper must be read

`not_worse_than_best` marks a column of the table with any of them, `named_pairs` tests the
differences that were named before the runs. `independent_values` says what the first two may take
as independent, `equivalence` whether two cells are alike, and `probability_of_improvement` puts
several data sets together. `best_of` says what a search finds with how many trials. `sequential`
looks at differences again and again as seeds come in, and stops when they are decided;
`seeds_needed` says beforehand how many a difference would need.
"""

from glorot_sweep.significance.across_examples import paired_examples
from glorot_sweep.significance.across_seeds import (
    MeanInterval,
    mean_interval,
    percent_interval,
    welch,
)
from glorot_sweep.significance.best_of import BestOf, best_of, expected_best
from glorot_sweep.significance.comparison import Comparison
from glorot_sweep.significance.corrections import holm, holm_levels
from glorot_sweep.significance.equivalence import MARGIN, Equivalence, equivalence
from glorot_sweep.significance.groups import independent_values
from glorot_sweep.significance.improvement import Improvement, probability_of_improvement
from glorot_sweep.significance.paired_seeds import paired_seeds
from glorot_sweep.significance.proportions import (
    proportion_interval,
    smallest_significant_difference,
    two_percentages,
    two_proportions,
)
from glorot_sweep.significance.seeds_needed import MOST, POWER, seeds_for_pairs, seeds_for_welch
from glorot_sweep.significance.sequential import (
    Decision,
    Outcome,
    SequentialDesign,
    decisions,
    open_pairs,
    seeds_wanted,
)
from glorot_sweep.significance.table_column import (
    NamedPair,
    Standing,
    named_pairs,
    not_worse_than_best,
)
from glorot_sweep.significance.written import is_tie, p_text, signed

__all__ = [
    "MARGIN",
    "MOST",
    "POWER",
    "BestOf",
    "Comparison",
    "Decision",
    "Equivalence",
    "Improvement",
    "MeanInterval",
    "NamedPair",
    "Outcome",
    "SequentialDesign",
    "Standing",
    "best_of",
    "decisions",
    "equivalence",
    "expected_best",
    "holm",
    "holm_levels",
    "independent_values",
    "is_tie",
    "mean_interval",
    "named_pairs",
    "not_worse_than_best",
    "open_pairs",
    "p_text",
    "paired_examples",
    "paired_seeds",
    "percent_interval",
    "probability_of_improvement",
    "proportion_interval",
    "seeds_for_pairs",
    "seeds_for_welch",
    "seeds_wanted",
    "signed",
    "smallest_significant_difference",
    "two_percentages",
    "two_proportions",
    "welch",
]
