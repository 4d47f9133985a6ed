//! Looks into a wasm file: takes the names of functions out, and weighs its code by the crates that it comes from.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use wasmparser::{KnownCustom, Name, Parser, Payload};

/// The magic number and the version, before the first section.
const HEADER: usize = 8;

/// The same module without its section "name", which browsers only show in stack traces and profiles: a tenth of the CPU
/// build's download and a fifth of the WebGPU build's.
pub fn without_names(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut kept = wasm[..HEADER.min(wasm.len())].to_vec();
    let mut start = HEADER;
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let Some((_, content)) = payload.as_section() else { continue };
        let end = usize::try_from(content.end)?;
        if !matches!(&payload, Payload::CustomSection(custom) if custom.name() == "name") {
            kept.extend(&wasm[start..end]);
        }
        start = end;
    }
    Ok(kept)
}

/// Bytes of code by crate, the largest first; each function counts for the first crate in its name. Nothing where the module
/// has no names.
pub fn code_by_crate(wasm: &[u8]) -> Result<Vec<(String, usize)>> {
    let mut imported = 0;
    let mut sizes = vec![];
    let mut names = HashMap::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(body.as_bytes().len()),
            Payload::CustomSection(custom) => {
                let KnownCustom::Name(parts) = custom.as_known() else { continue };
                for part in parts {
                    let Name::Function(functions) = part? else { continue };
                    for function in functions {
                        let function = function?;
                        names.insert(function.index, function.name.to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    let mut by_crate = BTreeMap::<String, usize>::new();
    for (index, size) in (imported..).zip(sizes) {
        if let Some(name) = names.get(&index) {
            *by_crate.entry(crate_of(name)).or_default() += size;
        }
    }
    let mut by_crate: Vec<_> = by_crate.into_iter().collect();
    by_crate.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    Ok(by_crate)
}

/// The first crate in a demangled name: `burn_flex` in `<burn_flex::backend::Flex as spikeground::kernel::pool::PoolOps>::pool`.
/// What has none comes from C or from the tools.
fn crate_of(name: &str) -> String {
    let Some((before, _)) = name.split_once("::") else { return "others".to_owned() };
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let last_word = |text: &str| text.rsplit(|letter| !is_word(letter)).next().unwrap_or("").to_owned();
    // The bracket of a disambiguator, as in `core[1a2b]::fmt`, stands behind a word; that of a slice does not.
    let disambiguated = before.strip_suffix(']').and_then(|before| before.rsplit_once('['));
    match disambiguated.map(|(path, _)| last_word(path)) {
        Some(word) if !word.is_empty() => word,
        _ => Some(last_word(before)).filter(|word| !word.is_empty()).unwrap_or_else(|| "others".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAGIC: &[u8] = b"\0asm\x01\0\0\0";

    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        [&[id, content.len() as u8 | 0x80, 0][..], content].concat()
    }

    /// A module of one function type, an import of it and one function, called `named`.
    fn module(named: &str) -> [Vec<u8>; 5] {
        let entry = [&[1, 1, named.len() as u8][..], named.as_bytes()].concat();
        let names = [&b"\x04name\x01"[..], &[entry.len() as u8], &entry].concat();
        let types = section(1, b"\x01\x60\0\0");
        let imports = section(2, b"\x01\x01a\x01b\0\0");
        let functions = section(3, b"\x01\0");
        let code = section(10, b"\x01\x04\0\x01\x01\x0b");
        [types, imports, functions, code, section(0, &names)]
    }

    #[test]
    fn only_the_names_go() {
        let [types, imports, functions, code, names] = module("a::b");
        let other = section(0, b"\x05namesx");
        let rest = [MAGIC, &types, &imports, &functions, &code].concat();
        let expected = [&rest[..], &other].concat();
        assert_eq!(without_names(&[&rest[..], &names, &other].concat()).unwrap(), expected);
        assert_eq!(without_names(&expected).unwrap(), expected);
    }

    #[test]
    fn what_is_cut_off_or_no_wasm_is_refused() {
        let wasm = [MAGIC, &module("a::b")[0]].concat();
        assert!(without_names(&wasm[..wasm.len() - 1]).is_err());
        assert!(without_names(&wasm[..MAGIC.len() + 2]).is_err());
        assert!(without_names(b"PK").is_err());
    }

    #[test]
    fn code_counts_for_the_crate_that_is_named_first() {
        let weighed = |named: &str| {
            let wasm = [MAGIC, &module(named).concat()].concat();
            code_by_crate(&wasm).unwrap()
        };
        for (named, expected) in [
            ("burn_flex::ops::mask::mask_fill::h2b", "burn_flex"),
            ("<burn_flex::backend::Flex as spikeground::kernel::pool::PoolOps>::pool", "burn_flex"),
            ("<&mut serde_json::de::Deserializer<R> as serde::de::Deserializer>::x", "serde_json"),
            ("<dlmalloc[e24a]::dlmalloc::Dlmalloc<dlmalloc[e24a]::sys::System>>::free", "dlmalloc"),
            ("<[T] as core::fmt::Debug>::fmt", "core"),
            ("<&[u8] as std::io::Read>::read", "std"),
            ("memcpy", "others"),
        ] {
            assert_eq!(weighed(named), [(expected.to_owned(), 4)], "{named}");
        }
    }
}
