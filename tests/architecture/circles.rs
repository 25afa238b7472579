//! Files import each other in one direction only, inside rooms too.
//!
//! An edge leads from a file to the module file that a path names. A path through a parent's re-export counts as an
//! edge to the parent: a file of a room names its neighbours directly.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::Visit;
use syn::{Attribute, ImplItem, Item, UseTree};

/// Modules by their path below the crate's root.
type Modules = BTreeMap<Vec<String>, String>;

/// From each file to those that it names, with the path that names it.
pub type Edges = BTreeMap<String, BTreeMap<String, String>>;

/// The paths that a file names, each with the inline modules around it, and the names that its `use` lines give.
#[derive(Default)]
struct Paths {
    inside: Vec<String>,
    found: Vec<(Vec<String>, Vec<String>)>,
    names: BTreeMap<String, Vec<String>>,
}

impl Paths {
    fn of(source: &str) -> syn::Result<Paths> {
        let mut paths = Paths::default();
        paths.visit_file(&syn::parse_file(source)?);
        Ok(paths)
    }

    fn push(&mut self, path: Vec<String>) {
        self.found.push((self.inside.clone(), path));
    }

    /// Paths in text that is not parsed.
    fn tokens(&mut self, text: &str) {
        let code = super::without_comments_and_strings(text).replace(" :: ", "::");
        let paths = code.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
        for path in paths.filter(|path| path.contains("::")) {
            self.push(path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect());
        }
    }

    fn tree(&mut self, mut prefix: Vec<String>, tree: &UseTree) {
        let (ident, name) = match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                return self.tree(prefix, &path.tree);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|item| self.tree(prefix.clone(), item));
            }
            UseTree::Glob(_) => return self.push(prefix),
            UseTree::Name(name) => (&name.ident, &name.ident),
            UseTree::Rename(rename) => (&rename.ident, &rename.rename),
        };
        if ident != "self" {
            prefix.push(ident.to_string());
        }
        let name = if name == "self" { prefix.last().cloned().unwrap_or_default() } else { name.to_string() };
        self.names.insert(name, prefix.clone());
        self.push(prefix);
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test(attributes(item)) {
            return;
        }
        let inline =
            if let Item::Mod(module) = item { module.content.as_ref().map(|_| &module.ident) } else { None };
        self.inside.extend(inline.map(ToString::to_string));
        syn::visit::visit_item(self, item);
        if inline.is_some() {
            self.inside.pop();
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let for_tests = matches!(item, ImplItem::Fn(item) if is_test(&item.attrs));
        if !for_tests {
            syn::visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }

    /// `pub(super)` names nobody.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    /// A macro's definition names nobody until it is called.
    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if item.ident.is_none() {
            syn::visit::visit_item_macro(self, item);
        }
    }

    /// What is inside a macro is not parsed.
    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.tokens(&item.tokens.to_string());
        syn::visit::visit_macro(self, item);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(&list.tokens.to_string());
        }
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

/// The module of another file that a path leads to; `from` is the module that names it.
fn target(
    modules: &Modules,
    from: &[String],
    path: &[String],
    names: &BTreeMap<String, Vec<String>>,
) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    let mut whole = match first.as_str() {
        "crate" => Vec::new(),
        "self" => from.to_vec(),
        "super" => from.split_last()?.1.to_vec(),
        _ => {
            let child = [from, std::slice::from_ref(first)].concat();
            if modules.contains_key(&child) {
                return deepest(modules, &[&child[..], rest].concat());
            }
            // A name that a `use` line gives; anything else is another crate's or this file's.
            let named = names.get(first).filter(|named| named.first() != Some(first))?;
            return target(modules, from, &[&named[..], rest].concat(), &BTreeMap::new());
        }
    };
    for segment in rest {
        if segment == "super" {
            whole.pop();
        } else {
            whole.push(segment.clone());
        }
    }
    deepest(modules, &whole)
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

/// Who names whom, for sources by their place below src/.
pub fn edges(sources: &[(String, String)]) -> Edges {
    let modules: Modules = sources.iter().map(|(place, _)| (module_of(place), place.clone())).collect();
    let mut edges = Edges::new();
    for (place, source) in sources {
        let module = module_of(place);
        let paths = Paths::of(source).unwrap_or_else(|error| panic!("{place}: {error}"));
        let to = edges.entry(place.clone()).or_default();
        for (inside, path) in &paths.found {
            let from = [&module[..], inside].concat();
            let found = target(&modules, &from, path, &paths.names).filter(|found| *found != module);
            to.extend(found.map(|found| (modules[&found].clone(), path.join("::"))));
        }
    }
    edges
}

/// The files that some steps along the edges lead to.
fn reachable<'a>(edges: &'a Edges, from: &'a str) -> BTreeSet<&'a str> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        open.extend(
            edges
                .get(next)
                .into_iter()
                .flat_map(BTreeMap::keys)
                .map(String::as_str)
                .filter(|to| seen.insert(*to)),
        );
    }
    seen
}

/// Every circle as its files in order.
fn circles(edges: &Edges) -> Vec<String> {
    let all: BTreeMap<&str, BTreeSet<&str>> =
        edges.keys().map(|place| (place.as_str(), reachable(edges, place))).collect();
    let circle = |place: &&str| {
        let mutual = all[*place].iter().filter(|other| all[**other].contains(*place));
        mutual.copied().collect::<Vec<_>>().join(" ")
    };
    let found: BTreeSet<String> = all.keys().map(circle).filter(|circle| !circle.is_empty()).collect();
    found.into_iter().collect()
}

/// The circle, and below it the paths that close it.
fn described(edges: &Edges, circle: &str) -> String {
    let files: BTreeSet<&str> = circle.split(' ').collect();
    let mut lines = vec![circle.to_owned()];
    for from in &files {
        let inside = edges[*from].iter().filter(|(to, _)| files.contains(to.as_str()));
        lines.extend(inside.map(|(to, path)| format!("    {from} → {to}: {path}")));
    }
    lines.join("\n")
}

pub fn crate_sources() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let place = |path: &Path| path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
    let files = super::sources(&src);
    files.iter().map(|path| (place(path), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let edges = edges(&crate_sources());
    let found: Vec<String> = circles(&edges).iter().map(|circle| described(&edges, circle)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_circle_is_described_by_the_paths_that_close_it() {
    let sources = [("a.rs", "use crate::b;"), ("b.rs", "use crate::{a, c};"), ("c.rs", "use crate::b;")];
    let edges = edges(&sources.map(|(place, source)| (place.to_owned(), source.to_owned())));
    let found = circles(&edges);
    assert_eq!(found, ["a.rs b.rs c.rs"]);
    assert!(described(&edges, &found[0]).starts_with("a.rs b.rs c.rs\n    a.rs → b.rs: crate::b\n"));
}

#[test]
fn circles_are_found_and_tests_are_no_edges() {
    let found = |list: &[(&str, &str)]| {
        let sources: Vec<_> =
            list.iter().map(|&(place, source)| (place.to_owned(), source.to_owned())).collect();
        circles(&edges(&sources))
    };
    let direct = [
        ("a/mod.rs", "mod x; mod y;"),
        ("a/x.rs", "use super::y::Y;"),
        ("a/y.rs", "fn f() { super::x::g() }"),
    ];
    assert_eq!(found(&direct), ["a/x.rs a/y.rs"]);
    let through_parent = [("a/mod.rs", "mod x; pub use x::X;"), ("a/x.rs", "use super::{helper};")];
    assert_eq!(found(&through_parent), ["a/mod.rs a/x.rs"]);
    let by_root = [("a.rs", "use crate::{b::c::C, Error};"), ("b/c.rs", "use crate::a;"), ("b/mod.rs", "")];
    assert_eq!(found(&by_root), ["a.rs b/c.rs"]);
    let ways_to_name = [
        "fn f() -> u8 { crate::a::y::g(3) }",
        "struct X { y: Vec<crate::a::y::Y> }",
        "impl crate::a::y::Y for u8 {}",
        "fn f() { assert!(super::y::g(), \"text\") }",
        "use crate::a as other; fn f() { other::y::g() }",
        "use super::{self as room}; fn f() { room::y::g() }",
        "#[arg(value_parser = super::y::parse)] struct X;",
        "mod inner { use super::super::y::Y; }",
        "fn f() { use super::y::*; }",
    ];
    for source in ways_to_name {
        let list = [("a/mod.rs", "mod x; mod y;"), ("a/x.rs", source), ("a/y.rs", "use super::x::X;")];
        assert_eq!(found(&list), ["a/x.rs a/y.rs"], "{source}");
    }
    let none = [
        ("a/mod.rs", "mod x; mod y; pub use x::X;"),
        ("a/x.rs", "use super::y::Y; #[cfg(test)] mod tests { use super::super::X; use super::*; }"),
        (
            "a/y.rs",
            "use std::fmt; pub(super) struct Y; mod inner { use super::Y; } const X: &str = \"super::x::X\";",
        ),
    ];
    assert_eq!(found(&none), Vec::<String>::new());
}
