"""Files by which the machine and the pipeline meet, and files that a run leaves: from the top."""

DATA = "data.dvc"  # the version of the data
LOCK = "dvc.lock"
PARAMS = "params.yaml"
PIPELINE = "dvc.yaml"
POLICY = "policy.yaml"
STORE = "store"  # the DVC remote inside the repository
CONTRACT = "expectations/data.json"
CARD = "docs/model-card.md"  # what the model card says of intended use and limits

# what the pipeline makes
TRAIN = "features/train"  # a folder: the rows that it learns from, a file a partition
TEST = "features/test"  # and those that judge
MODEL = "models/model.skops"
PREDICTIONS = "predictions/test.parquet"
METRICS = "reports/metrics.json"
VALIDATION = "reports/validation.json"
SLICES = "reports/slices.json"
CURVES = "reports/curves"  # a folder

# what steps of one job leave each other, in DVC's folder for scratch files
NEWS = ".dvc/tmp/retrain-news.json"  # what a look at the source has found
KNOWN = ".dvc/tmp/retrain-known.json"  # the partitions of data/, by data.dvc
STARTED = ".dvc/tmp/retrain-started.json"  # when the run began, and on what
RECORD = ".dvc/tmp/retrain-run.json"  # what ran, how long, what failed
ERROR = ".dvc/tmp/retrain-error.txt"  # the sentence of the program that has failed
CONTEXT = ".dvc/tmp/contexts"  # a folder for each context, in which it is built by itself
REPLAY = ".dvc/tmp/replay"  # a folder: what a replay has built, and what it knows of that
DEPLOYED = ".dvc/tmp/retrain-deployed.json"  # which version is where now

QUARANTINE = "quarantine"  # a folder: new partitions, until they have kept the contract

# what the gate and the report make
VERDICT = "reports/verdict.json"
REPORT = "report.md"
FACTS = "report.json"
RELEASE = "release"  # a folder: a version's model, and what says what that is
DRIFT = "drift.json"  # what `retrain drift` has found
DRIFT_PAGE = "drift.html"
REPLAY_TABLES = "replay.md"  # whether retraining pays
REPLAY_FACTS = "replay.json"
REPLAY_PICTURE = "replay.svg"
CONTEXTS = "contexts.md"  # which contexts earn a model of their own
CONTEXT_FACTS = "contexts.json"
COMMENT = "comment.md"  # the report of another job, below its change
