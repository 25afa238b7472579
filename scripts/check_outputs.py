"""Checks what `hspin reproduce --quick` wrote: python check_outputs.py DIR RUN-FILE-NAME. Needs `hspin` on the PATH."""
import csv, json, pathlib, subprocess, sys
import xml.etree.ElementTree as xml


def told(*words):
    return json.loads(subprocess.run(["hspin", *words, "--json"], check=True, capture_output=True).stdout)


folder = pathlib.Path(sys.argv[1])
run = folder / sys.argv[2]
assert run.read_bytes()[:16] == b"SQLite format 3\0"
for name in ("complexity", "energy-histogram", "mean-counts"):
    png = (folder / f"quick-figures/{name}.png").read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and png[-8:-4] == b"IEND" and len(png) > 10_000, name
    assert xml.parse(folder / f"quick-figures/{name}.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg", name

summary = json.loads((folder / "quick-summary.json").read_text())
shown = told("show", run)
surfaces = summary.pop("over_surfaces")
assert shown == summary
assert surfaces == told("show", folder / sys.argv[2].replace("quick.run", "quick-surfaces.run").replace("paper.run", "surfaces.run"))
assert all(dim["instances"] > 1 and dim["error_over"] == "instances" and dim["sd_within"] > 0 for dim in surfaces["dims"])
assert {"spins", "seed", "complete", "units", "dims"} <= shown.keys() and shown["complete"]
keys = {"dim", "starts", "converged", "mean", "sd", "min", "max", "distinct", "index_counts", "below_e_inf", "e_0", "e_inf", "outcomes"}
for dim in shown["dims"]:
    assert keys <= dim.keys(), keys - dim.keys()
    assert dim["converged"] == dim["starts"] == sum(dim["outcomes"].values()), dim
    assert -dim["e_0"] - 0.2 < dim["min"] <= dim["mean"] <= dim["max"] < -1.0, dim
manifest = json.loads((folder / "quick-manifest.json").read_text())
assert manifest["content_hash"] == shown["content_hash"] and all((folder / name).exists() for name in manifest["files"])
assert (folder / "quick-summary.txt").read_text().count("\n") > 10

rows = list(csv.DictReader((folder / "quick-records.csv").open()))
columns = """spins dim instance start energy energy_per_spin descent_energy_per_spin gradient_norm index min_eigenvalue
undecided steps polish_overlap outcome distinct morse_index"""
assert list(rows[0]) == columns.split()
assert len(rows) == sum(dim["starts"] for dim in shown["dims"])
assert all(float(row["gradient_norm"]) <= 1e-10 for row in rows if row["outcome"] == "converged")

found = told("verify", run)
assert found.keys() >= {"ok", "complete", "units", "damaged", "missing", "content_hash"} and found["ok"]
thresholds = told("theory", "thresholds", "--spins", "3", "--max-index", "2")
assert thresholds.keys() == {"spins", "e_inf", "e"} and len(thresholds["e"]) == 3
assert abs(thresholds["e_inf"] - (8 / 3) ** 0.5) < 1e-14
value, = told("theory", "complexity", "--spins", "3", "--energy", "-1.64")["values"]
assert value.keys() == {"energy", "total", "by_index"} and len(value["by_index"]) == 6
networks = json.loads((folder / "quick-networks/networks.json").read_text())
assert told("networks", "report", folder / "quick-networks.run", "--annealed", folder / "quick-annealed.run", "--beside", folder / "quick-subset.run") == networks
assert len(networks["claims"]) == 4 and all(claim["verdict"] in ("agrees", "disagrees", "undecided", "not_critical") for claim in networks["claims"])
table = list(csv.DictReader((folder / "quick-networks/table-1.csv").open()))
assert [row["hidden"] for row in table] == ["10", "15", "25", "50"] and all(-1 < float(row["correlation"]) < 1 for row in table)
drawn = {path.stem for path in (folder / "quick-networks/figures").glob("*.png")}
assert drawn >= {"glass-and-networks", *(f"network-{name}" for name in "losses losses-unscaled index index-vs-loss annealing train-test box-plots mean-variance".split())}, drawn
for name in ("networks", "subset", "annealed"):
    found = told("verify", folder / f"quick-{name}.run")
    assert found["ok"] and found["complete"], found
print(f"{folder}: {len(rows)} records, figures and JSON as promised")
