"""Which cells of a notebook become which part of the pipeline, by what they call."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrain.adopt.names import Call, calls, imports
from retrain.adopt.notebook import Cell

PARTS = ("source", "features", "split", "train", "evaluate")  # in the order of the pipeline
WHERE = {
    "source": "src/pipeline/source.py",
    "features": "src/pipeline/features.py",
    "split": "prepare in params.yaml",
    "train": "train in params.yaml",
    "evaluate": "evaluate in params.yaml",
}
STAYS = "stays"  # in the notebook: it looks at something
NOTHING = "imports and settings"
LEARNERS = ("xgboost.", "lightgbm.", "catboost.")
MODELS = tuple(
    f"sklearn.{name}."
    for name in (
        *("ensemble", "linear_model", "tree", "svm", "neighbors", "naive_bayes", "neural_network"),
        *("gaussian_process", "discriminant_analysis", "dummy", "calibration"),
    )
)
SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV")
MAKERS = ("sklearn.preprocessing.", "sklearn.feature_extraction.", "sklearn.impute.")
JOINTS = ("sklearn.compose.", "sklearn.decomposition.", "sklearn.feature_selection.")
TABLES = ("pandas.get_dummies", "pandas.cut", "pandas.qcut", "pandas.to_datetime", "pandas.merge")
CHANGES = (
    *("assign", "fillna", "dropna", "astype", "map", "replace", "merge", "join", "drop"),
    *("clip", "rename", "interpolate", "rolling", "shift", "where", "fit_transform"),
)
JUDGES = ("cross_val_score", "cross_validate", "cross_val_predict", "permutation_importance")


@dataclass(frozen=True)
class Proposal:
    cell: Cell
    parts: tuple[str, ...]  # of PARTS; none: it stays
    because: tuple[str, ...]  # for each part, what was seen

    @property
    def becomes(self) -> str:
        return ", ".join(self.parts) or STAYS

    @property
    def why(self) -> str:
        """Return what was seen, and what to do with a cell that is several things."""
        if not self.parts:
            return ", ".join(self.because)
        seen = "; ".join(
            f"{why}: {WHERE[part]}" for part, why in zip(self.parts, self.because, strict=True)
        )
        return f"{seen}; make it {len(self.parts)} cells first" if len(self.parts) > 1 else seen


def propose(cells: Sequence[Cell]) -> list[Proposal]:
    known = imports(cells)
    return [_of_cell(cell, known) for cell in cells]


def _of_cell(cell: Cell, known: dict[str, str]) -> Proposal:
    tree = cell.tree
    seen: dict[str, str] = {}
    for part, why in [*_by_calls(tree, known), *_by_columns(tree)]:
        seen.setdefault(part, why)
    parts = tuple(part for part in PARTS if part in seen)
    if parts:
        return Proposal(cell, parts, tuple(seen[part] for part in parts))
    body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    plain = not list(calls(ast.Module(body, []), known))
    return Proposal(cell, (), (NOTHING if plain else "it looks at something",))


def _by_calls(tree: ast.Module, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    kept = _kept(tree)
    for call in calls(tree, known):
        is_kept = call.constant("inplace") is True or id(call.node) in kept
        if part := _part(call, is_kept):
            yield part, f"{call.method}, line {call.node.lineno}"


def _kept(tree: ast.Module) -> set[int]:
    """Return the expressions whose result is kept: assigned, or returned by a function."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Return) and node.value:
            found |= {id(each) for each in ast.walk(node.value)}
    return found


def _part(call: Call, is_kept: bool) -> str | None:
    """Return the part of the pipeline that a call belongs to."""
    name, method = call.name, call.method
    if call.imported:
        if name.startswith(("pandas.read_", "sklearn.datasets.")):
            return "source"
        if name.startswith("sklearn.model_selection.") and (
            method == "train_test_split" or method.endswith(("Split", "Fold"))
        ):
            return "split"
        if name.startswith("sklearn.metrics.") or method in JUDGES:
            return "evaluate"
        if name.startswith((*MAKERS, *JOINTS)) or (name in TABLES and is_kept):
            return "features"
        is_model = name.startswith((*MODELS, *LEARNERS)) or method in SEARCHES
        return "train" if is_model and method[:1].isupper() else None
    if method == "fit":
        return "train"
    if method in ("score", "predict", "predict_proba", "decision_function"):
        return "evaluate"
    if is_kept and method in CHANGES and "." in name:
        return "features"
    return None


def _by_columns(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield where a column of a table is written, `table["age"] = …`, or deleted."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AugAssign):
            targets = [node.target]
        if isinstance(node, ast.Delete):
            targets = node.targets
        for target in targets:
            if isinstance(target, ast.Subscript) and _names_a_column(target.slice):
                does = "deletes" if isinstance(node, ast.Delete) else "writes"
                yield "features", f"it {does} a column, line {target.lineno}"


def _names_a_column(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple):  # of `table.loc[rows, "age"]`
        return any(map(_names_a_column, node.elts))
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
