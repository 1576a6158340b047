from sweep_fixtures import clean_process, dataset, empty_databases, place, stores

__all__ = ["clean_process", "dataset", "empty_databases", "place", "stores"]
