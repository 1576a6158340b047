"""What the paper looks at inside a network: pure functions on a trace, one file a statistic."""
