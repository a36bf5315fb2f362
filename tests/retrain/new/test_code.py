"""The lines of generated code that no formatter can break."""

from retrain.new import code


def test_a_long_path_is_marked_where_it_has_a_space() -> None:
    long = "x" * 90
    assert code._path("bikes.csv") == ['    path=Path("bikes.csv"),']
    assert code._path(f"/srv/{long}.csv")[1] == f'        "/srv/{long}.csv"'
    assert code._path(f"/srv/a {long}.csv")[1].endswith('.csv"  # noqa: E501')
    scratch = "/" + f"tmp/{long}.csv"
    assert code._path(scratch)[1].endswith('.csv"  # noqa: S108')


def test_a_long_line_of_one_word_is_not_marked() -> None:
    word, words = f'    "{"x" * 100}",', f'    ("{"x" * 100}", pa.string()),'
    assert code.finished(f"{word}\n{words}\n") == f"{word}\n{words}  # noqa: E501\n"
