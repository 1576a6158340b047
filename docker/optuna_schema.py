"""Create Optuna's tables in an empty database, or upgrade those of an older version.

`optuna storage upgrade` does the second alone.
"""

import sys

from optuna.storages import RDBStorage

if __name__ == "__main__":
    RDBStorage(sys.argv[1], skip_compatibility_check=True).upgrade()
