"""Claims of a paper: each measured on the runs there are, and judged at its scale."""
