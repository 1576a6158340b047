"""Images as people have them, made into a data set: found, decoded, drawn into splits, compared."""
