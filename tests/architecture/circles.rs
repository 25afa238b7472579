//! Files import each other in one direction only, inside rooms too.
//!
//! An edge leads from a file to the module file that a path names. A path through a parent's re-export counts as an
//! edge to the parent: a file of a room names its neighbours directly.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::Visit;
use syn::{Attribute, Item, ItemMod, UseTree};

/// Modules by their path below the crate's root.
type Modules = BTreeMap<Vec<String>, String>;

/// Circles that are still there; the list may only become shorter.
const KNOWN: &[&str] = &[];

/// The paths that a file names, as they stand.
#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
}

impl Paths {
    fn tree(&mut self, mut prefix: Vec<String>, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.tree(prefix, &path.tree);
            }
            UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(prefix.clone(), item)),
            UseTree::Name(name) => {
                prefix.push(name.ident.to_string());
                self.found.push(prefix);
            }
            UseTree::Rename(rename) => {
                prefix.push(rename.ident.to_string());
                self.found.push(prefix);
            }
            UseTree::Glob(_) => self.found.push(prefix),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.found.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Mod(ItemMod { attrs, .. }) => attrs,
        Item::Use(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => &[],
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

/// The module that a path named in a module leads to, if it leads to one of another file.
fn target(modules: &Modules, from: &[String], path: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    let mut whole = match first.as_str() {
        "crate" => Vec::new(),
        "self" => from.to_vec(),
        "super" => from.split_last()?.1.to_vec(),
        _ => {
            // A child of this module; anything else is another crate's or this file's.
            let child = [from, std::slice::from_ref(first)].concat();
            return modules.contains_key(&child).then(|| deepest(modules, &[&child[..], rest].concat()))?;
        }
    };
    for segment in rest {
        if segment == "super" {
            whole.pop();
        } else {
            whole.push(segment.clone());
        }
    }
    deepest(modules, &whole).filter(|module| module != from)
}

/// The longest beginning of a path that is a module.
fn deepest(modules: &Modules, path: &[String]) -> Option<Vec<String>> {
    (1..=path.len()).rev().map(|len| path[..len].to_vec()).find(|prefix| modules.contains_key(prefix))
}

fn module_of(place: &str) -> Vec<String> {
    let mut parts: Vec<String> = place.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// Every circle as its files in order, for sources by their place below src/.
fn circles(sources: &[(String, String)]) -> Vec<String> {
    let modules: Modules = sources.iter().map(|(place, _)| (module_of(place), place.clone())).collect();
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (place, source) in sources {
        let from = module_of(place);
        let mut paths = Paths::default();
        paths.visit_file(&syn::parse_file(source).unwrap_or_else(|error| panic!("{place}: {error}")));
        let found = paths.found.iter().filter_map(|path| target(&modules, &from, path));
        let found = found.filter(|module| *module != from).map(|module| modules[&module].as_str());
        edges.entry(place).or_default().extend(found);
    }
    let reachable = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(next) = open.pop() {
            open.extend(edges.get(next).into_iter().flatten().filter(|to| seen.insert(**to)));
        }
        seen
    };
    let all: BTreeMap<&str, BTreeSet<&str>> = edges.keys().map(|&place| (place, reachable(place))).collect();
    let circle = |place: &&str| {
        let mutual = all[*place].iter().filter(|other| all[**other].contains(*place));
        mutual.copied().collect::<Vec<_>>().join(" ")
    };
    let found: BTreeSet<String> = all.keys().map(circle).filter(|circle| !circle.is_empty()).collect();
    found.into_iter().collect()
}

fn crate_sources() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let place = |path: &Path| path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
    let files = super::sources(&src);
    files.iter().map(|path| (place(path), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let found = circles(&crate_sources());
    let new: Vec<_> = found.iter().filter(|circle| !KNOWN.contains(&circle.as_str())).collect();
    assert!(new.is_empty(), "{new:#?}");
    let gone: Vec<_> = KNOWN.iter().filter(|known| !found.iter().any(|circle| circle == *known)).collect();
    assert!(gone.is_empty(), "no longer there, take them off the list: {gone:#?}");
}

#[test]
fn circles_are_found_and_tests_are_no_edges() {
    let files = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|&(place, source)| (place.to_owned(), source.to_owned())).collect()
    };
    let direct = files(&[
        ("a/mod.rs", "mod x; mod y;"),
        ("a/x.rs", "use super::y::Y;"),
        ("a/y.rs", "fn f() { super::x::g() }"),
    ]);
    assert_eq!(circles(&direct), ["a/x.rs a/y.rs"]);
    let through_parent = files(&[("a/mod.rs", "mod x; pub use x::X;"), ("a/x.rs", "use super::{helper};")]);
    assert_eq!(circles(&through_parent), ["a/mod.rs a/x.rs"]);
    let by_root = files(&[("a.rs", "use crate::{b::c::C, Error};"), ("b/c.rs", "use crate::a;"), ("b/mod.rs", "")]);
    assert_eq!(circles(&by_root), ["a.rs b/c.rs"]);
    let none = files(&[
        ("a/mod.rs", "mod x; mod y; pub use x::X;"),
        ("a/x.rs", "use super::y::Y; #[cfg(test)] mod tests { use super::super::X; use super::*; }"),
        ("a/y.rs", "use std::fmt; pub struct Y;"),
    ]);
    assert_eq!(circles(&none), Vec::<String>::new());
}
