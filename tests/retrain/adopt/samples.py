"""Five notebooks of different making, each a list of its cells."""

ROWS = """
import pandas as pd
people = pd.DataFrame({"age": range(20, 80), "paid": [x % 7 for x in range(60)], "town": list("abc") * 20})
people["left"] = people["age"] * people["paid"] % 5 > 2
""".strip()
CLASSIC = [
    f"{ROWS}\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import roc_auc_score\nfrom sklearn.model_selection import train_test_split",
    "people['young'] = people['age'] < 30\nX = pd.get_dummies(people[['age', 'paid', 'town', 'young']])\ny = people['left']",
    "X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)",
    "# retrain: pin model\nmodel = LogisticRegression(max_iter=1000)\nmodel.fit(X_train, y_train)",
    "# retrain: pin auc, scores\nscores = model.predict_proba(X_test)[:, 1]\nauc = roc_auc_score(y_test, scores)\nround(auc, 3)",
]
FUNCTIONS = [
    "from dataclasses import dataclass\n\nimport numpy as np\nfrom sklearn.ensemble import RandomForestRegressor",
    "@dataclass\nclass Settings:\n    trees: int = 5\n    seed: int = 3\n\n\nclass Maker:\n    def __init__(self, settings):\n        self.random = np.random.default_rng(settings.seed)\n\n    def rows(self):\n        return self.random.normal(size=(80, 3))",
    "def features(rows):\n    return np.c_[rows, rows[:, 0] * rows[:, 1]]\n\n\ndef fitted(rows, settings):\n    return RandomForestRegressor(settings.trees, random_state=settings.seed).fit(features(rows), rows.sum(axis=1))",
    "# retrain: pin forest, predicted\nrows = Maker(Settings()).rows()\nforest = fitted(rows, Settings())\npredicted = forest.predict(features(rows[:5]))",
]
MAGICS = [
    "%matplotlib inline\n!echo begin\nimport os",
    "%%bash\necho 3 > number.txt",
    "files = !ls\nprint(files)",
    "%%time\nnumber = int(open('number.txt').read())",
    "# retrain: pin total\ntotal = sum(range(number))\ntotal",
]
PLOTS = [
    f"{ROWS}\nimport matplotlib.pyplot as plt",
    "figure, axes = plt.subplots()\npeople.groupby('town')['paid'].mean().plot.bar(ax=axes)",
    "people['age'].hist()\nplt.show()",
    "people.plot.scatter('age', 'paid')",
    "people.describe()",
]
MESSY = [
    "import random\nfrom datetime import datetime\n\nimport numpy as np\n" + ROWS,
    "people.sample(3)",
    "towns = set(people['town'])\nnames = [town for town in towns]\nprint(names)",
    "people['since'] = datetime.now().year - 2000\nnoise = np.random.normal(size=len(people))",
    "from sklearn.tree import DecisionTreeClassifier\nfrom sklearn.model_selection import KFold, cross_val_score\ntree = DecisionTreeClassifier(max_features=1)\nfolds = KFold(3, shuffle=True)",
    "# retrain: pin found\nfound = [random.random(), float(noise[0])]",
]
SAMPLES = {
    "classic": CLASSIC,
    "functions": FUNCTIONS,
    "magics": MAGICS,
    "plots": PLOTS,
    "messy": MESSY,
}
