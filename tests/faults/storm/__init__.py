"""A sweep that is broken at random, started again, and must end as if nothing had happened."""
