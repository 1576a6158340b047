"""Every name under which the project writes something to a run in MLflow, or reads it from there.

A name that is stored is never changed: stores of earlier versions have it.
"""

from enum import StrEnum

SCHEMA_VERSION = 1  # of what is described here; runs of the version before carry none


class Kind(StrEnum):
    """What a run is: the value of its tag `kind`."""

    SWEEP = "sweep"
    STUDY = "study"  # of one data set and variant: parent of the three below
    TRIAL = "trial"  # of a study's search, of an SVM, or of the command `train`
    REPLICATE = "replicate"
    MONITORED = "monitored"
    INVOCATION = "invocation"  # of `mlflow run`, when what it asks for has a run already
    REPORT = "report"
    VERIFY = "verify"
    INIT_STUDY = "init_study"
    BASELINE = "baseline"  # a support vector machine


class Role(StrEnum):
    """Which of the report's tables a replicate feeds; its tag `role` joins both by +."""

    TABLE_DEPTH = "table_depth"
    BEST_DEPTH = "best_depth"


NO_SWEEP = "-"  # the tag `sweep` of a run that belongs to none


class Tag(StrEnum):
    """Tags: what a run is and what has become of it."""

    # On every run.
    SCHEMA_VERSION = "schema_version"
    KIND = "kind"
    STATE = "state"
    ATTEMPT = "attempt"  # counts how often the run was opened
    SWEEP = "sweep"
    SWEEP_RUN = "sweep_run"
    PACKAGE_VERSION = "package_version"
    CODE_HASH = "code_hash"
    LIBRARIES = "libraries"
    DEVICE_TYPE = "device_type"
    # Of runs of no sweep whose command named plugins; a sweep's are in its identity.
    PLUGINS = "plugins"
    # Of an attempt that ended badly.
    REASON = "reason"
    GIVEN_UP = "given_up"
    # What identifies a run, so that the next start finds it again.
    KEY = "key"
    CONFIG_HASH = "config_hash"
    # Of runs that a sweep has made since other code or another processor was accepted.
    ACCEPTED_CHANGE = "accepted_change"
    # Of sweeps, invocations, studies, trials, replicates and monitored runs.
    ENGINE = "engine"
    # Of a sweep of which a part may be deleted.
    DELETION = "deletion"
    # Of a sweep that is being imported: the digest of the file.
    IMPORTING = "importing"
    # Of a run that came by a file: its id in the store where it was made, and what stayed there.
    EXPORTED_RUN = "exported_run"
    LEFT_OUT = "left_out"
    # Of a sweep that was ever driven: by whom, and whether that one lives.
    LEASE = "lease"
    LEASE_BEAT = "lease_beat"
    # Of sweeps and reports: the paper that the sweep is compared with.
    PAPER = "paper"
    # Of reports.
    RUNS_DIGEST = "runs_digest"
    # Of studies, trials, replicates and monitored runs.
    DATASET = "dataset"
    VARIANT = "variant"
    STUDY = "study"
    OPTUNA_STUDY = "optuna_study"
    TRIAL = "trial"
    GROUP = "group"
    # Of those of a sweep with a factor: depth or width, and the value at which the run is.
    FACTOR = "factor"
    FACTOR_VALUE = "factor_value"
    SEED = "seed"
    ROLE = "role"
    WINNER = "winner"
    LEARNED = "learned"
    # Of a replicate that no winner asks for since its sweep has grown: it is kept, in no table.
    SUPERSEDED = "superseded"
    RANGE_EDGES = "range_edges"
    BEST_RANGE_EDGES = "best_range_edges"
    DEVICE = "device"
    PACK_SIZE = "pack_size"
    # Of a run with points: when its latest were sent, in milliseconds since 1970.
    WRITTEN = "written"
    # Of a run that was opened again: when, likewise, and the update of its latest evaluation then.
    REOPENED = "reopened"
    UPDATES_BEFORE = "updates_before"
    # Of an SVM's trial: the run of the SVM.
    BASELINE = "baseline"
    # Of an initialization study of other networks than the paper's.
    STUDIED_VARIANTS = "studied_variants"
    # MLflow's own.
    NOTE = "mlflow.note.content"
    PARENT = "mlflow.parentRunId"


class TagFamily(StrEnum):
    """Beginnings of tags of which a run has several."""

    # One for each data set of a sweep.
    DIGEST = "digest."
    OVERLAP = "overlap."
    # One for each variant that the package does not have: how tables write it.
    LABEL = "label."
    # One for each folder in which packs of an unfinished sweep were saved.
    SAVED_IN = "saved_in/"
    # One for each growth of a sweep, counted from 1.
    GROWTH = "growth/"
    # One for each sweep that a comparison has shown: the id of its run.
    COMPARED = "compared/"
    # One for each artifact that numbers are read from: see `RunWriter.arrays`.
    SHA256 = "sha256/"
    # One for each group of a study whose winner at the table's depth lies at the edge of its range
    # of learning rates; and whose winner at any depth does.
    RANGE_EDGE = "range_edge.g"
    BEST_RANGE_EDGE = "best_range_edge.g"


class Param(StrEnum):
    """Params: what was asked for."""

    # Of a trained network.
    ACTIVATION = "activation"
    BATCH_SIZE = "batch_size"
    DAMPING = "damping"
    DATA_SEED = "data_seed"
    DATASET = "dataset"
    DEPTH = "depth"
    INITIALIZATION = "initialization"
    INPUT_SCALING = "input_scaling"
    LAYER_WIDTHS = "layer_widths"
    LEARNING_RATE = "learning_rate"
    LOG10_LEARNING_RATE = "log10_learning_rate"
    MATMUL_PRECISION = "matmul_precision"
    STEP_RULE = "step_rule"
    SCHEDULE = "schedule"
    NOISE = "noise"
    PRETRAINING_RATE = "pretraining_rate"
    PRETRAINING_UPDATES = "pretraining_updates"
    UPDATES = "updates"
    VARIANT = "variant"
    WEIGHT_DECAY = "weight_decay"
    WEIGHT_SEED = "weight_seed"
    WIDTH = "width"
    WINDOW = "window"
    # Of an initialization study or an SVM.
    N_INPUTS = "n_inputs"
    N_CLASSES = "n_classes"
    DRAWS = "draws"
    EXAMPLES = "examples"
    TUNING_EXAMPLES = "tuning_examples"
    TRIALS = "trials"
    SEED = "seed"
    C = "c"
    GAMMA = "gamma"
    LOG10_C = "log10_c"
    LOG10_GAMMA = "log10_gamma"


class Metric(StrEnum):
    """Metrics with one value, at step 0: what runs are sorted by."""

    # Of a trained network; of an SVM the objective is its trials'.
    OBJECTIVE = "objective"
    VALIDATION_ERROR = "final/validation_error_percent"
    TEST_ERROR = "final/test_error_percent"
    BEST_VALIDATION_ERROR = "best/validation_error_percent"
    BEST_TEST_ERROR = "best/test_error_percent"
    UPDATES_DONE = "updates_done"
    # Of a study: its winners, beside the best validation error above.
    BEST_LEARNING_RATE = "best/learning_rate"
    BEST_DEPTH = "best/depth"
    TABLE_DEPTH_VALIDATION_ERROR = "table_depth/validation_error_percent"
    TABLE_DEPTH_LEARNING_RATE = "table_depth/learning_rate"
    TABLE_DEPTH_DEPTH = "table_depth/depth"
    # Of an SVM.
    TEST_ERROR_LOW = "final/test_error_low_percent"
    TEST_ERROR_HIGH = "final/test_error_high_percent"
    SUPPORT_VECTORS = "support_vectors"
    C = "c"
    GAMMA = "gamma"
    FIT_SECONDS = "fit_seconds"
    TEST_SECONDS = "test_seconds"


class Curve(StrEnum):
    """Metrics over updates of a trained network."""

    TRAIN_LOSS = "train/loss"
    VALIDATION_LOSS = "validation/loss"
    VALIDATION_ERROR = "validation/error_percent"
    TEST_ERROR = "test/error_percent"


class LayerCurve(StrEnum):
    """Metrics over updates of each hidden layer; see `layer_metric`."""

    ACTIVATION_MEAN = "activation_mean"
    ACTIVATION_STD = "activation_std"
    ACTIVATION_P98 = "activation_p98"
    SATURATION = "saturation"
    BACKPROPAGATED_GRADIENT_STD = "backpropagated_gradient_std"
    WEIGHT_GRADIENT_STD = "weight_gradient_std"
    JACOBIAN_MEAN = "jacobian_mean_singular_value"


class MetricFamily(StrEnum):
    """Beginnings of metrics of which a run has several."""

    # Of a report: a mean test error for each cell of a table; see `cell_name`.
    TABLE_1 = "table1/"
    RESULTS = "results/"  # of the table of a question of one's own
    BEYOND = "further/"  # what is stored keeps its name
    # Of a sweep, from its last report: a mean for each cell; for each comparison that was named
    # beforehand the difference, its p and whether it is decided; see `pair_name`.
    MEAN_TEST_ERROR = "mean_test_error_percent/"
    DIFFERENCE = "difference_percent/"
    ADJUSTED_P_VALUE = "adjusted_p_value/"
    DECIDED = "decided/"
    # Of an initialization study: one for each initialization, or each variant.
    MEAN_SINGULAR_VALUE = "mean_singular_value/"
    ACTIVATION_SPREAD = "activation_std_last_over_first/"
    GRADIENT_SPREAD = "backpropagated_gradient_std_first_over_last/"


class Artifact(StrEnum):
    """Artifacts, by their paths."""

    SWEEP_FILE = "config/sweep.yaml"
    IDENTITY = "config/sweep.json"  # what decides a sweep's numbers
    PLUGINS = "plugins"  # a folder: the source of each plugin of a sweep
    ENVIRONMENT = "config/environment.json"  # of the process that started a sweep last
    PREDICTIONS = "predictions/test.npz"
    WEIGHTS = "weights/network.npz"
    FAILURE = "failure.txt"
    LAYERS = "statistics/layers.parquet"
    COST_SURFACES = "statistics/cost_surfaces.npz"
    FINDINGS = "claims.json"  # of `verify`
    REPORT = "report"  # a folder
    FIGURES = "figures"  # a folder, within the report's or in an initialization study's run


def grown_path(artifact: str, growths: int) -> str:
    """Return the path of an artifact of a sweep that has grown so often: each has its own.

    Example:
        >>> grown_path(Artifact.IDENTITY, 0), grown_path(Artifact.IDENTITY, 2)
        ('config/sweep.json', 'config/growth_2/sweep.json')
        >>> grown_path(f"{Artifact.PLUGINS}/", 2)
        'plugins/growth_2/'
    """
    folder, _, name = artifact.rpartition("/")
    return f"{folder}/growth_{growths}/{name}" if growths else str(artifact)


def layer_metric(curve: LayerCurve, layer: int) -> str:
    """Return the name of a hidden layer's curve.

    Example:
        >>> layer_metric(LayerCurve.ACTIVATION_STD, 1)
        'activation_std/layer_1'
    """
    return f"{curve}/layer_{layer}"


def cell_name(dataset: str, variant: str) -> str:
    """Return what follows a table's beginning in the metric of one cell, and of no other.

    Reports of earlier versions have `_` for the `/`, which names may hold.

    Example:
        >>> MetricFamily.TABLE_1 + cell_name("shapeset", "tanh_n")
        'table1/shapeset/tanh_n_percent'
    """
    return f"{dataset}/{variant}_percent"


def pair_name(dataset: str, first: str, second: str) -> str:
    """Return what follows a beginning in the metric of one comparison, and of no other.

    Example:
        >>> MetricFamily.DIFFERENCE + pair_name("shapeset", "tanh", "tanh_n")
        'difference_percent/shapeset/tanh-minus-tanh_n'
    """
    return f"{dataset}/{first}-minus-{second}"
