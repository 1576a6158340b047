"""What the project keeps on an MLflow run: every name, and runs as typed records.

`names` has the names; `fields` says how a dataclass's field stands in MLflow; the other modules
hold the records. A record is made of parts. A writer builds the part that it writes and asks for
its tags, params or metrics; a reader gets the whole record from `read`.
"""
