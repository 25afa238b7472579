//! `hspin report`: a page of runs of every kind that asks for nothing outside of it and shows what `show` prints.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use hspin::networks::data::bundled;
use hspin::studies::networks::{DigitsUsed, NetworksRequest, NetworksStore};
use serde_json::Value;

use super::harness::{Place, about, complaint, hspin, json, refused, succeed, sweep};

/// Most bytes of a page.
const MOST_BYTES: usize = 8_000_000;

fn page_of(run: &Path) -> String {
    let page = succeed(about("report", run, "--out").arg("-"));
    assert!(page.len() <= MOST_BYTES, "{}: {} bytes", run.display(), page.len());
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    page
}

/// The page without its code, and the code: contents of scripts and styles.
fn parted(page: &str) -> (String, Vec<&str>) {
    let (mut markup, mut code, mut rest) = (String::new(), Vec::new(), page);
    while let Some(at) = ["<script", "<style"].iter().filter_map(|tag| rest.find(tag)).min() {
        let begin = at + rest[at..].find('>').unwrap() + 1;
        let end =
            begin + ["</script>", "</style>"].iter().filter_map(|tag| rest[begin..].find(tag)).min().unwrap();
        markup.push_str(&rest[..begin]);
        code.push(&rest[begin..end]);
        rest = &rest[end..];
    }
    (markup + rest, code)
}

/// Attributes of a tag, whose values are quoted where hspin wrote it.
fn attributes(tag: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = tag.split('"').collect();
    let mut found = Vec::new();
    for (i, part) in parts.iter().enumerate().step_by(2) {
        for word in part.split_whitespace().filter(|word| word.contains('=')) {
            let (name, value) = word.split_once('=').unwrap();
            let value = if value.is_empty() { parts.get(i + 1).copied().unwrap_or_default() } else { value };
            found.push((name.to_owned(), value.trim_matches('\'').to_owned()));
        }
    }
    found
}

/// What a page would ask for outside of it, or run that is not its own. Addresses may stand in its texts.
fn outside(page: &str) -> Vec<String> {
    let (markup, code) = parted(page);
    let mut found = Vec::new();
    for address in ["http://", "https://", "ws://", "wss://", "@import"] {
        found.extend(code.iter().any(|code| code.contains(address)).then(|| address.to_owned()));
    }
    for code in &code {
        let urls = code
            .split("url(")
            .skip(1)
            .filter(|url| !url.trim_start_matches(['"', '\'']).starts_with("data:"));
        found.extend(urls.map(|url| url.chars().take(40).collect()));
    }
    let tags = markup.split('<').skip(1).filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()));
    let tags: Vec<String> = tags.map(|tag| tag.split('>').next().unwrap().to_lowercase()).collect();
    for tag in &tags {
        let name = tag.split_whitespace().next().unwrap();
        let is_foreign = ["iframe", "object", "embed", "base", "link", "form", "img"].contains(&name);
        let attributes = attributes(tag);
        let handles = attributes.iter().any(|(name, _)| name.starts_with("on"));
        let leaves = attributes.iter().any(|(name, value)| {
            let is_address = ["src", "href", "srcset", "action"].contains(&name.as_str());
            is_address && !value.starts_with('#') && !value.starts_with("data:")
        });
        found.extend((is_foreign || handles || leaves).then(|| tag.chars().take(60).collect()));
    }
    let scripts = tags.iter().filter(|tag| *tag == "script").count();
    let data = tags.iter().filter(|tag| *tag == "script type=\"application/json\"").count();
    if scripts != 2 || tags.iter().filter(|tag| tag.starts_with("script")).count() != scripts + data {
        found.push("a script that is not its own".to_owned());
    }
    found
}

/// Cells of a table by row and key; a dash has no value.
fn cells(page: &str, table: &str) -> BTreeMap<(String, String), Option<f64>> {
    let start = page.find(&format!("id=\"{table}\"")).unwrap_or_else(|| panic!("{table}"));
    let body = &page[start..start + page[start..].find("</table>").unwrap()];
    let mut found = BTreeMap::new();
    for row in body.split("<tr data-row=\"").skip(1) {
        let name = row.split('"').next().unwrap().to_owned();
        for cell in row.split("data-key=\"").skip(1) {
            let key = cell.split('"').next().unwrap().to_owned();
            // A value stands before its key in the same element.
            let before = &row[..row.find(&format!("data-key=\"{key}\"")).unwrap()];
            let element = &before[before.rfind('<').unwrap()..];
            let value = element.split("data-value=\"").nth(1).map(|rest| rest.split('"').next().unwrap());
            found.insert((name.clone(), key), value.map(|value| value.parse().unwrap()));
        }
    }
    found
}

/// Numbers of a table that are not those of a JSON document, by row and path.
fn differing(page: &str, table: &str, rows: &[Value], named: &str) -> Vec<String> {
    let cells = cells(page, table);
    assert!(!cells.is_empty(), "{table} has no cells");
    let of_row = |((row, key), shown): (&(String, String), &Option<f64>)| {
        let value = rows
            .iter()
            .find(|value| *row == value[named].to_string().as_str())
            .unwrap_or_else(|| panic!("{row}"));
        let wanted = key.split('.').fold(value, |value, part| &value[part]).as_f64();
        (*shown != wanted).then(|| format!("{table} {row} {key}: {shown:?}, not {wanted:?}"))
    };
    cells.iter().filter_map(of_row).collect()
}

/// Starts and converged starts of each size, summed over its surfaces.
fn of_surfaces(page: &str) -> BTreeMap<u64, [u64; 2]> {
    let table = said(page, "id=\"run1-surfaces-table\"", "</table>");
    let mut found = BTreeMap::new();
    for row in table.split("<tr data-row=").skip(1) {
        let value = |cell: &str| cell.split('"').next().unwrap().parse::<f64>().unwrap();
        let cells: Vec<f64> = row.split("data-value=\"").skip(1).take(4).map(value).collect();
        let sums = found.entry(cells[0] as u64).or_insert([0, 0]);
        (sums[0], sums[1]) = (sums[0] + cells[2] as u64, sums[1] + cells[3] as u64);
    }
    found
}

fn starts_of(dims: &[Value]) -> BTreeMap<u64, [u64; 2]> {
    let size = |dim: &Value| {
        (dim["dim"].as_u64().unwrap(), ["starts", "converged"].map(|key| dim[key].as_u64().unwrap()))
    };
    dims.iter().map(size).collect()
}

/// What the page says of where the run comes from.
fn said(page: &str, before: &str, after: &str) -> String {
    let start = page.find(before).unwrap_or_else(|| panic!("{before}")) + before.len();
    page[start..start + page[start..].find(after).unwrap()].to_owned()
}

/// The command of a page makes the same run: its content hash is the one that the page shows.
fn assert_made_again(place: &Place, page: &str) {
    let command = said(page, "<code id=\"run1-command\">", "</code>");
    let hash = said(page, "<code class=\"hash\">", "</code>");
    let again = place.path("again.run");
    let _ = fs::remove_file(&again);
    let command = command.strip_prefix("hspin ").unwrap().replace("NEW.run", again.to_str().unwrap());
    let mut line = hspin(&command);
    if command.contains("--config") {
        let config = said(page, "<dt>descent.toml</dt><dd><pre tabindex=\"0\">", "</pre>");
        fs::write(place.path("descent.toml"), config).unwrap();
        line.current_dir(place.folder());
    }
    succeed(&mut line);
    assert_eq!(json(&mut about("verify", &again, "--json"))["content_hash"], hash, "{command}");
}

#[test]
fn runs_of_every_kind_have_a_page_with_the_numbers_of_show_and_a_command_that_makes_them_again() {
    let place = Place::quick();
    let run = place.path("a.run");
    let toml = place.path("sgd.toml");
    fs::write(&toml, "[descent]\ncycles = 7\nhandover = 0.002\n").unwrap();
    let config = format!("--dims 6 --starts 5 --config {}", toml.display());
    for (flags, tabs) in [
        (
            "--dims 6,9 --starts 20 --instances 2 --trace",
            "sizes energies traces index surfaces theory origin downloads",
        ),
        ("--spins 4 --dims 6 --starts 7 --protocol gd --no-points", "sizes energies index surfaces theory"),
        ("--protocol saddle --dims 7 --starts 12", "sizes energies index surfaces theory"),
        ("--protocol anneal --dims 7 --starts 6 --sweeps 50", "sizes energies index surfaces theory"),
        ("--protocol fast --dims 7 --starts 6", "sizes energies index surfaces theory"),
        ("--preset literal --dims 6 --starts 3", "sizes energies index surfaces theory"),
        ("--mixture 2:0.5,3:0.5 --dims 6,8 --starts 9 --instances 3", "sizes energies index surfaces theory"),
        ("--spike 2.5 --dims 7 --starts 9 --instances 2", "sizes energies index surfaces theory"),
        ("--law sign --dims 7 --starts 9 --instances 2", "sizes energies index surfaces theory"),
        (&config, "sizes energies index surfaces theory"),
    ] {
        let _ = fs::remove_file(&run);
        succeed(&mut sweep(&run, flags));
        let page = page_of(&run);
        assert_eq!(outside(&page), Vec::<String>::new(), "{flags}");
        for tab in tabs.split(' ') {
            assert!(page.contains(&format!("<section class=\"panel\" id=\"run1-{tab}\"")), "{flags}: {tab}");
        }
        let shown = json(&mut about("show", &run, "--json"));
        let dims = shown["dims"].as_array().unwrap();
        assert_eq!(differing(&page, "run1-sizes-table", dims, "dim"), Vec::<String>::new(), "{flags}");
        assert_eq!(of_surfaces(&page), starts_of(dims), "{flags}");
        for table in ["run1-between-table", "run1-slopes-table"] {
            if page.contains(table) {
                assert_eq!(differing(&page, table, dims, "dim"), Vec::<String>::new(), "{flags}");
            }
        }
        assert_made_again(&place, &page);
    }
    // The check of numbers can fail.
    let page = page_of(&run);
    let mut dims = json(&mut about("show", &run, "--json"))["dims"].as_array().unwrap().clone();
    dims[0]["mean"] = Value::from(dims[0]["mean"].as_f64().unwrap() * (1.0 + 1e-15));
    let differ = differing(&page, "run1-sizes-table", &dims, "dim");
    assert!(differ.len() == 1 && differ[0].contains("mean"), "{differ:?}");
}

#[test]
fn a_census_has_its_indices_beside_exact_numbers_and_p_values() {
    let place = Place::quick();
    let run = place.path("census.run");
    succeed(hspin("census --spins 3 --dim 4 --instances 6 --seed 3 --out").arg(&run));
    let page = page_of(&run);
    assert_eq!(outside(&page), Vec::<String>::new());
    let shown = json(hspin("census --spins 3 --dim 4 --instances 6 --seed 3 --json --out").arg(&run));
    let found = cells(&page, "run1-census-table");
    for key in ["mean_by_index", "expected_by_index", "z_by_index", "standard_error_by_index"] {
        for index in 0..4 {
            let cell = found[&(index.to_string(), key.to_owned())];
            assert_eq!(cell, shown[key][index].as_f64(), "{key} {index}");
        }
    }
    let p = json(&mut about("bands", &run, "--json"))["dims"][0]["p"].as_f64().unwrap();
    let shown = said(&page, "<span class=\"p\">p = ", "</span>").parse::<f64>().unwrap();
    assert!((shown - p).abs() <= 0.006 * p.max(0.1), "{shown} {p}");
    assert_made_again(&place, &page);
}

#[test]
fn networks_have_the_papers_table_and_claims_and_may_stand_beside_a_spin_glass() {
    let place = Place::quick();
    let [nets, annealed, glass, page] =
        ["nets.run", "annealed.run", "glass.run", "page.html"].map(|name| place.path(name));
    let few = "--hidden 5,8 --networks 5 --digits 200";
    succeed(hspin(&format!("networks sweep {few} --epochs 2 --index 2 --out")).arg(&nets));
    succeed(hspin(&format!("networks sweep {few} --protocol anneal --sweeps 2 --out")).arg(&annealed));
    succeed(&mut sweep(&glass, "--dims 6 --starts 5"));
    let shown = json(&mut about("show", &nets, "--json"));
    let report = json(&mut about("networks report", &nets, "--json"));
    let alone = page_of(&nets);
    assert_eq!(
        differing(&alone, "run1-sizes-table", shown["sizes"].as_array().unwrap(), "hidden"),
        Vec::<String>::new()
    );
    assert_eq!(
        differing(&alone, "run1-table-1", report["table_1"].as_array().unwrap(), "hidden"),
        Vec::<String>::new()
    );
    assert_made_again(&place, &alone);
    assert_made_again(&place, &page_of(&annealed));
    let printed = succeed(
        hspin("report").args([&nets, &glass]).arg("--annealed").arg(&annealed).arg("--out").arg(&page),
    );
    assert_eq!(printed.trim(), page.display().to_string());
    let both = fs::read_to_string(&page).unwrap();
    assert_eq!(outside(&both), Vec::<String>::new());
    for part in ["run1-annealing-table", "run1-claims", "run2-energies-chart", "href=\"#run2-run\""] {
        assert!(both.contains(part), "{part}");
    }
    // Runs are told apart: no id stands twice.
    let mut ids: Vec<&str> =
        both.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    let complaint =
        refused(hspin("report").args([&glass]).arg("--annealed").arg(&annealed).args(["--out", "-"]), 2);
    assert!(complaint.contains("one run of networks"), "{complaint}");
}

#[test]
fn texts_that_others_wrote_are_texts_in_the_page() {
    let place = Place::quick();
    let hostile = "x\"'><script>alert(1)<@script><img src=x onerror=alert(1)>.run";
    let run = place.path(hostile);
    succeed(&mut sweep(&run, "--dims 5 --starts 4 --trace"));
    let page = page_of(&run);
    assert_eq!(outside(&page), Vec::<String>::new());
    assert!(page.contains("<h1>x&quot;&#39;&gt;&lt;script&gt;"), "{}", &page[..2000]);
    // The same check finds what is not escaped.
    let open = page.replace("&lt;img src=x onerror=alert(1)&gt;", "<img src=x onerror=alert(1)>");
    assert!(outside(&open).iter().any(|found| found.starts_with("img src=x")), "{:?}", outside(&open));
    let open = page.replace("&lt;script&gt;", "<script>");
    assert!(outside(&open).contains(&"a script that is not its own".to_owned()));
    // A spec has no room for such texts: whatever is no number or name is held against its form as it is read.
    let nets = place.path("nets.run");
    let request = NetworksRequest { hidden: Some(vec![5]), networks: Some(2), ..NetworksRequest::default() };
    let mut spec = request.new_run(DigitsUsed::of(&bundled().unwrap())).unwrap();
    spec.digits.train.sha256 = "</pre><script>alert(1)</script>".to_owned();
    let error = NetworksStore::create(&nets, &spec).map(drop).unwrap_err();
    assert!(error.to_string().contains("64 hexadecimal digits"), "{error}");
}

#[test]
fn what_is_no_run_or_damaged_or_named_twice_makes_no_page_and_foreign_files_stay() {
    let place = Place::quick();
    let [run, page] = ["a.run", "page.html"].map(|name| place.path(name));
    succeed(&mut sweep(&run, "--dims 6 --starts 40"));
    let report = |page: &Path| {
        let mut command = about("report", &run, "--out");
        command.arg(page);
        command
    };
    let twice = hspin("report")
        .args([&run, &place.folder().join(".").join("a.run")])
        .arg("--out")
        .arg(&page)
        .output();
    assert!(complaint(&twice.unwrap(), 2).contains("each run once"));
    let none = hspin("report --out").arg(&page).output().unwrap();
    assert!(complaint(&none, 2).contains("RUN"));
    let missing = hspin("report nowhere.run --out").arg(&page).output().unwrap();
    assert!(complaint(&missing, 2).contains("nowhere.run"));
    fs::write(place.path("text.run"), "no run").unwrap();
    let text = about("report", &place.path("text.run"), "--out -").output().unwrap();
    assert!(complaint(&text, 2).contains("text.run"));
    fs::write(&page, "theirs").unwrap();
    assert!(complaint(&report(&page).output().unwrap(), 3).contains("--force"));
    assert_eq!(fs::read(&page).unwrap(), b"theirs");
    succeed(report(&page).arg("--force"));
    succeed(&mut report(&page));
    // Folders above it are made.
    succeed(&mut report(&place.path("new/folder/page.html")));
    assert!(place.path("new/folder/page.html").exists());
    // A changed energy.
    let first = fs::read(&page).unwrap();
    let mut bytes = fs::read(&run).unwrap();
    let energy = json(&mut about("show", &run, "--json"))["dims"][0]["min"].as_f64().unwrap().to_be_bytes();
    let at = bytes.windows(8).position(|window| window == energy).expect("the lowest energy in the file");
    bytes[at + 6] ^= 1;
    fs::write(&run, bytes).unwrap();
    let damaged = report(&page).output().unwrap();
    assert!(complaint(&damaged, 4).contains("a.run"));
    assert_eq!(fs::read(&page).unwrap(), first);
}
