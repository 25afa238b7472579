"""Tables of records and traces, in all four forms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from shared import python, same_bits, same_table

import hspin as hs

KINDS = ["swept", "searched", "counted", "trained", "own"]
REALS = {
    "energy",
    "energy_per_spin",
    "descent_energy_per_spin",
    "gradient_norm",
    "min_eigenvalue",
    "polish_overlap",
    "scale",
}
REALS |= {"train_loss", "test_loss"}
NAMES = {"outcome"}


@pytest.fixture(scope="module", params=KINDS)
def run(request: pytest.FixtureRequest) -> hs.Run:
    path = request.getfixturevalue(request.param)
    return hs.open(path[0] if isinstance(path, tuple) else path)


def from_pandas(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    return {
        name: np.ma.MaskedArray(column.fillna(0).to_numpy(np.int64), column.isna())
        if column.dtype == "Int64"
        else column.to_numpy().astype("U")
        if column.dtype == "category"
        else column.to_numpy()
        for name, column in frame.items()
    }


def from_arrow(table: pa.Table) -> dict[str, np.ndarray]:
    def column(values: pa.ChunkedArray) -> np.ndarray:
        if pa.types.is_dictionary(values.type):
            return np.array(values.to_pylist(), "U")
        if pa.types.is_floating(values.type):
            return np.array([np.nan if x is None else x for x in values.to_pylist()], np.float64)
        listed = values.to_pylist()
        return np.ma.MaskedArray([x or 0 for x in listed], [x is None for x in listed])

    return {name: column(table[name]) for name in table.column_names}


def test_all_forms_hold_the_same(run):
    wanted = run.records("numpy")
    same_table(from_pandas(run.records("pandas")), wanted)
    same_table(from_pandas(run.records()), wanted)
    same_table(from_arrow(run.records("arrow")), wanted)
    same_table(from_arrow(run.records("polars").to_arrow()), wanted)


def test_types_are_those_of_the_columns(run):
    arrays, table = run.records("numpy"), run.records("arrow")
    frame, polars = run.records("pandas"), run.records("polars")
    assert isinstance(arrays, dict) and isinstance(table, pa.Table)
    assert isinstance(frame, pd.DataFrame) and isinstance(polars, pl.DataFrame)
    for name, values in arrays.items():
        if name in NAMES:
            assert values.dtype.kind == "U" and frame[name].dtype == "category"
            assert isinstance(polars.schema[name], (pl.Categorical, pl.Enum)) and pa.types.is_dictionary(
                table[name].type
            )
            continue
        kind = "float64" if name in REALS else "int64"
        assert values.dtype == kind, name
        assert str(frame[name].dtype).lower() == kind, name
        assert str(polars.schema[name]).lower() == kind
        assert str(table[name].type) == kind.replace("float64", "double")
        # An integer that is not known is masked; the others are plain.
        assert isinstance(values, np.ma.MaskedArray) == (table[name].null_count > 0 and kind == "int64")


def test_the_column_is_named_morse_index_and_rows_can_be_told(run):
    frame = run.records("pandas")
    assert "morse_index" in frame and "index" not in frame.columns
    assert isinstance(frame.index, pd.RangeIndex)
    assert "index" not in run.records("numpy") and "index" not in run.records("polars").columns


def test_unknown_integers_are_masked(trained):
    records = hs.open(trained).records
    arrays, frame = records("numpy"), records("pandas")
    # Asked for of the first two networks with up to six hidden units.
    unknown = (arrays["network"] >= 2) | (arrays["hidden"] > 6)
    assert (np.ma.getmaskarray(arrays["morse_index"]) == unknown).all()
    assert frame["morse_index"].dtype == "Int64" and (frame["morse_index"].isna() == unknown).all()
    assert records("polars")["morse_index"].null_count() == unknown.sum() > 0
    assert (frame["morse_index"].dropna() >= 0).all()


def test_unknown_numbers_are_nan_in_numpy_and_null_in_arrow(counted):
    run = hs.open(counted)
    assert np.isnan(run.records("numpy")["descent_energy_per_spin"]).all()
    assert run.records("arrow")["descent_energy_per_spin"].null_count == len(run.records())
    assert run.records("polars")["polish_overlap"].null_count() == len(run.records())


def test_a_size_and_a_surface_can_be_chosen(swept):
    run = hs.open(swept)
    every = run.records()
    for chosen in ({"dim": 8}, {"instance": 2}, {"dim": 14, "instance": 1}, {"dim": np.int64(14)}):
        wanted = every
        for key, value in chosen.items():
            wanted = wanted[wanted[key] == value]
        pd.testing.assert_frame_equal(run.records(**chosen), wanted.reset_index(drop=True))
        traces = run.traces(**chosen)
        assert len(traces) and all((traces[key] == value).all() for key, value in chosen.items())
    for key, value in (("dim", 9), ("instance", 3), ("dim", "8"), ("dim", -1), ("instance", 1.5)):
        with pytest.raises(hs.InputError, match=f"{key} = {value!r}"):
            run.records(**{key: value})


def test_numbers_beyond_the_range_are_refused_in_words(swept, trained):
    run = hs.open(swept)
    for value in (-1, 2**32, 2**70):
        for call in (
            lambda: run.records(dim=value),
            lambda: run.traces(instance=value),
            lambda: run.points(value),
            lambda: run.couplings(8, value),
        ):
            with pytest.raises(hs.InputError, match=str(value)):
                call()
    with pytest.raises(hs.InputError, match="no surfaces"):
        hs.open(trained).records(dim=8)


def test_networks_have_no_instances(trained):
    with pytest.raises(hs.InputError, match="instance"):
        hs.open(trained).records(instance=1)


def test_another_form_is_refused(swept):
    with pytest.raises(hs.InputError, match="format = csv: one of pandas, polars, arrow, numpy"):
        hs.open(swept).records("csv")
    with pytest.raises(hs.InputError, match="format = "):
        hs.open(swept).records(["pandas"])


def test_traces_are_histories_that_end_below_where_they_began(swept):
    run = hs.open(swept)
    traces = run.traces("numpy")
    assert list(traces) == ["dim", "instance", "start", "step", "energy_per_spin", "gradient_norm"]
    same_table(from_arrow(run.traces("arrow")), traces)
    same_table(from_pandas(run.traces()), traces)
    records = run.records("numpy")
    for row in range(0, len(records["dim"]), 7):
        here = np.all([traces[key] == records[key][row] for key in ("dim", "instance", "start")], axis=0)
        steps, energies = traces["step"][here], traces["energy_per_spin"][here]
        assert steps[0] == 0 and (np.diff(steps) > 0).all() and steps[-1] <= records["steps"][row]
        assert energies[-1] < energies[0]
        begin = hs.Surface(dim=int(records["dim"][row]), seed=4, instance=int(records["instance"][row]))
        w = begin.random_points(20)[records["start"][row]]
        assert np.isclose(energies[0], begin.energy(w) / begin.dim, rtol=1e-4, atol=1e-5)


def test_a_run_without_traces_says_so(searched, trained):
    with pytest.raises(hs.InputError, match="a run swept with trace"):
        hs.open(searched).traces()
    with pytest.raises(hs.Error):
        hs.open(trained).traces()


def test_points_and_couplings_belong_to_the_records(swept):
    run = hs.open(swept)
    for dim, instance in ((8, 0), (14, 2)):
        points, couplings = run.points(dim, instance), run.couplings(dim, instance)
        assert points.shape == (20, dim) and couplings.shape == (dim,) * 3
        assert np.allclose((points**2).sum(1), dim, rtol=1e-12)
        energies = np.einsum("abc,na,nb,nc->n", couplings, points, points, points) / dim
        assert np.allclose(energies, run.records("numpy", dim=dim, instance=instance)["energy"], rtol=1e-12)
    for call in (lambda: run.points(9), lambda: run.points(8, 3), lambda: run.couplings(8, 3), lambda: run.points(8.5)):
        with pytest.raises(hs.InputError):
            call()
    assert same_bits(run.points(8), run.points(8, 0))


def test_a_run_that_keeps_no_points_says_so(trained, own):
    run = hs.sweep(dims=6, starts=3, protocol="gd", points=False)
    with pytest.raises(hs.InputError, match="points"):
        run.points(6)
    with pytest.raises(hs.Error):
        hs.open(trained).points(8)
    with pytest.raises(hs.Error, match="couplings|checksum"):
        hs.open(own[0]).couplings(9)


def test_a_missing_library_leaves_numpy(swept):
    code = """
        import sys
        for name in ("pandas", "polars", "pyarrow"):
            sys.modules[name] = None
        import hspin as hs, numpy as np
        run = hs.open(sys.argv[1])
        assert isinstance(run.records(), dict) and isinstance(run.records()["energy"], np.ndarray)
        for form in ("pandas", "polars", "arrow"):
            try:
                run.records(form)
            except ImportError as error:
                print(error.name)
    """
    done = python(code, swept)
    assert done.stdout.split() == ["pandas", "polars", "pyarrow"], done.stderr


def test_a_table_of_no_rows_has_its_columns(tmp_path):
    run = hs.sweep(dims=[6, 9], starts=3, protocol="gd")
    frame = run.records("pandas", dim=9)
    assert len(frame) == 3
    kept = frame[frame["start"] > 5]
    assert len(kept) == 0 and list(kept.columns) == list(frame.columns)
