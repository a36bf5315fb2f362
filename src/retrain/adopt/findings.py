"""What may be another in each run of a notebook, found in its code without running it."""

import ast
import importlib
import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from retrain.adopt.names import Call, calls, constant, full, imports
from retrain.adopt.notebook import Cell

STATE = "random_state=0"
# what draws by default, and takes `random_state`; classes are asked for their signature
DRAWS = {
    "sklearn.model_selection.train_test_split": "splits the rows otherwise in each run",
    "sklearn.utils.shuffle": "shuffles otherwise in each run",
    "sklearn.utils.resample": "draws other rows in each run",
    "sklearn.inspection.permutation_importance": "shuffles otherwise in each run",
}
FOLDS = ("KFold", "StratifiedKFold", "StratifiedGroupKFold")  # which shuffle if they are asked to
# estimators that draw nothing unless an argument has such a value
ONLY_IF: dict[str, tuple[str, tuple[object, ...]]] = {
    "LogisticRegression": ("solver", ("liblinear", "sag", "saga")),
    "Ridge": ("solver", ("sag", "saga")),
    "RidgeClassifier": ("solver", ("sag", "saga")),
    "Lasso": ("selection", ("random",)),
    "ElasticNet": ("selection", ("random",)),
    "SVC": ("probability", (True,)),
    "DummyClassifier": ("strategy", ("stratified", "uniform")),
}
# functions, which are lower case
DRAWERS = ("sklearn.datasets.make_", "sklearn.feature_selection.mutual_info_")
TABLES = ("DMatrix", "QuantileDMatrix", "Dataset", "Pool")
LEARNERS = ("sklearn", "xgboost", "lightgbm", "catboost", "imblearn")
NOW = {
    **dict.fromkeys(("datetime.datetime", "datetime.date"), ("now", "today", "utcnow")),
    "pandas.Timestamp": ("now", "today", "utcnow"),
    "time": ("time", "time_ns", "localtime", "gmtime", "strftime", "ctime"),
}
TODAY = ("pandas.to_datetime", "pandas.Timestamp", "numpy.datetime64")
CHANCE = ("uuid.uuid1", "uuid.uuid4", "os.urandom", "secrets.")
FILES = ("glob.glob", "glob.iglob", "os.listdir", "os.scandir", "os.walk")
FILE_METHODS = ("glob", "rglob", "iterdir")
ORDERED = ("sorted", "min", "max", "sum", "len", "set", "any", "all", "frozenset")
SET_METHODS = ("union", "intersection", "difference", "symmetric_difference", "copy")
MAKERS = ("pandas.Series", "pandas.Index", "numpy.array", "numpy.fromiter", "next", "iter")
SEEDERS = {
    "random": ("random.seed",),
    "numpy": ("numpy.random.seed",),
    "torch": ("torch.manual_seed",),
    "tensorflow": ("tensorflow.random.set_seed", "tensorflow.keras.utils.set_random_seed"),
}


@dataclass(frozen=True)
class Finding:
    cell: Cell
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.cell.title}, line {self.line}: {self.what}; {self.remedy}"


@dataclass
class _Notebook:
    """What is known of the cells before, as a cell is looked at."""

    known: Mapping[str, str]
    seeded: set[str] = field(default_factory=set)  # packages whose global generator is seeded
    sets: set[str] = field(default_factory=set)  # names of sets of text, as far as can be seen


def findings(cells: Sequence[Cell]) -> list[Finding]:
    """Return what is not fixed in a notebook, in the order of its lines."""
    notebook = _Notebook(imports(cells))
    found: list[Finding] = []
    for cell in cells:
        tree = cell.tree
        inside = _ordered(tree, notebook.known)
        of_cell = []
        for call in calls(tree, notebook.known):
            for package, seeders in SEEDERS.items():
                if call.name in seeders and _is_given(call):
                    notebook.seeded.add(package)
            if said := _of_call(call, notebook, id(call.node) in inside):
                of_cell.append(Finding(cell, call.node.lineno, *said))
        of_cell += _of_sets(cell, tree, notebook, inside)
        found += sorted(of_cell, key=lambda each: each.line)
    return found


def _ordered(tree: ast.AST, known: Mapping[str, str]) -> set[int]:
    """Return the expressions whose order does not matter: those given to `sorted`, for example."""
    found: set[int] = set()
    for call in calls(tree, known):
        if call.name in ORDERED:
            found |= {id(node) for each in call.node.args for node in ast.walk(each)}
    return found


def _of_call(call: Call, notebook: _Notebook, is_ordered: bool) -> tuple[str, str] | None:
    return (
        _generator(call, notebook)
        or _draw(call, notebook)
        or _estimator(call, notebook)
        or _time(call)
        or _outside(call, is_ordered)
    )


def _generator(call: Call, notebook: _Notebook) -> tuple[str, str] | None:
    """Return what is wrong with a draw from a generator of numbers."""
    name = call.name
    if name in ("numpy.random.default_rng", "numpy.random.RandomState", "random.Random"):
        short = name.rpartition(".")[2]
        return None if _is_given(call) else (f"{short}() has no seed", f"write {short}(0)")
    if not call.imported:
        return None
    for package, prefix in (("numpy", "numpy.random."), ("random", "random.")):
        makes = name.removeprefix(prefix)
        if name.startswith(prefix) and makes not in ("seed", "get_state", "set_state", "Generator"):
            if package in notebook.seeded or makes[:1].isupper():
                return None
            what = f"{name} draws from a generator that no cell before it has seeded"
            if package == "numpy":
                return what, "draw from np.random.default_rng(0) instead"
            return what, "call random.seed(0) before"
    if name in ("torch.rand", "torch.randn", "torch.randint", "torch.randperm"):
        seeded = "torch" in notebook.seeded
        return None if seeded else (f"{name} is not seeded", "call torch.manual_seed(0) before")
    return None


def _is_given(call: Call) -> bool:
    """Return whether a generator is given a seed: its first argument, and not None."""
    given = [*call.node.args[:1], *(each.value for each in call.node.keywords)]
    return bool(given) and not _is_none(given[0])


def _draw(call: Call, notebook: _Notebook) -> tuple[str, str] | None:
    """Return what is wrong with a function that draws by itself."""
    if _is_fixed(call, notebook):
        return None
    if call.constant("shuffle") is False:  # of a split
        return None
    if said := DRAWS.get(call.name):
        return f"{call.method} {said}", f"add {STATE}"
    if call.name.startswith("scipy.stats.") and call.method == "rvs":
        return "rvs draws other numbers in each run", f"add {STATE}"
    if call.method == "sample" and not call.imported and not _of_a_generator(call):
        return "sample draws other rows in each run", f"add {STATE}"
    if call.method in FOLDS and call.constant("shuffle") is True:
        return f"{call.method} shuffles otherwise in each run", f"add {STATE}"
    return None


def _of_a_generator(call: Call) -> bool:
    """Return whether a `sample` is not pandas': a generator has a seed of its own."""
    name = call.name.rpartition(".")[0]
    return name.rpartition(".")[2] in ("rng", "generator", "random")


def _estimator(call: Call, notebook: _Notebook) -> tuple[str, str] | None:
    """Return what is wrong with an estimator, or what else of scikit-learn has `random_state`."""
    package = call.name.partition(".")[0]
    if package not in LEARNERS or call.method in FOLDS or call.name in DRAWS:
        return None
    if not (call.method[:1].isupper() or call.name.startswith(DRAWERS)):
        return None
    if _is_fixed(call, notebook) or not _takes_a_state(call.name):
        return None
    if call.method in ONLY_IF:
        argument, values = ONLY_IF[call.method]
        if call.constant(argument) not in values:
            return None
    return f"{call.method} has no {STATE.partition('=')[0]}", f"add {STATE}"


def _takes_a_state(name: str) -> bool:
    """Return whether a class or function has an argument `random_state`, as installed here."""
    module, _, kind = name.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), kind)
        takes = set(inspect.signature(found).parameters)
        return "random_state" in takes or ("kwargs" in takes and "random_state" in _given(found))
    except (ImportError, AttributeError, TypeError, ValueError):
        # not installed here: those that are not scikit-learn's have one, unless they hold rows
        return not name.startswith("sklearn.") and kind not in TABLES


def _given(kind: type) -> set[str]:
    return set(kind().get_params()) if hasattr(kind, "get_params") else set()


def _is_fixed(call: Call, notebook: _Notebook) -> bool:
    """Return whether a call has a state, may have one, or draws from a generator that is seeded."""
    state = call.value("random_state")
    if state is not None and not _is_none(state):
        return True
    return call.hidden or "numpy" in notebook.seeded


def _time(call: Call) -> tuple[str, str] | None:
    owner, _, method = call.name.rpartition(".")
    first = constant(call.node.args[0]) if call.node.args else None
    if (call.imported and method in NOW.get(owner, ())) or (
        call.name in TODAY and first in ("now", "today")
    ):
        return "what is computed from today's date is another tomorrow", "write the date down"
    return None


def _outside(call: Call, is_ordered: bool) -> tuple[str, str] | None:
    """Return what comes from outside of the notebook, in any order, or may change there."""
    if call.imported and call.name.startswith(CHANCE):
        return f"{call.name} is chance by its nature", "number what you name, or seed a generator"
    is_files = call.name in FILES or (not call.imported and call.method in FILE_METHODS)
    if is_files and not is_ordered:
        return f"{call.method} gives files in the order of the disk", "put it into sorted(…)"
    first = constant(call.node.args[0]) if call.node.args else None
    if isinstance(first, str) and first.startswith(("http://", "https://", "s3://", "gs://")):
        return "it reads an address, whose content may change", "set a copy of it aside, as a file"
    if call.name == "hash" and call.node.args:
        return "hash of a text is another in each process", "use zlib.crc32, or hashlib"
    return None


def _of_sets(cell: Cell, tree: ast.AST, notebook: _Notebook, inside: set[int]) -> Iterator[Finding]:
    """Yield where a set's order, which hashes decide, gets into a result."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_set(node.value, notebook):
            notebook.sets |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    for node in ast.walk(tree):
        for used in _iterated(node, notebook.known):
            if id(node) not in inside and _is_set(used, notebook):
                what = "a set has another order in each process, where it holds texts"
                yield Finding(cell, used.lineno, what, "put it into sorted(…)")


def _iterated(node: ast.AST, known: Mapping[str, str]) -> list[ast.expr]:
    """Return the expressions whose order decides what a node does."""
    if isinstance(node, ast.For):
        return [node.iter]
    if isinstance(node, ast.ListComp | ast.DictComp | ast.GeneratorExp):
        return [each.iter for each in node.generators]
    if isinstance(node, ast.Call):
        name = full(node.func, known)[0]
        if name in ("list", "tuple", "enumerate", "zip", "map") or name.endswith(".join"):
            return list(node.args)
        if name in MAKERS:
            return list(node.args[:1])
    return []


def _is_set(node: ast.expr, notebook: _Notebook) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Name):
        return node.id in notebook.sets
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub):
        return _is_set(node.left, notebook) or _is_set(node.right, notebook)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr in SET_METHODS:
        return _is_set(node.func.value, notebook)
    return full(node.func, notebook.known)[0] in ("set", "frozenset")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
