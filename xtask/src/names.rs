//! Takes the names of functions out of a wasm file: a custom section that browsers only show in stack traces and profiles,
//! and a fifth of the WebGPU build's download.

use anyhow::{Context, Result, bail};

const MAGIC: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;

/// The same module without its section "name".
pub fn without_names(wasm: &[u8]) -> Result<Vec<u8>> {
    if !wasm.starts_with(MAGIC) {
        bail!("this is no wasm file of version 1");
    }
    let mut kept = MAGIC.to_vec();
    let mut rest = &wasm[MAGIC.len()..];
    while let Some((id, after_id)) = rest.split_first() {
        let (size, content) = number(after_id)?;
        let (content, next) = content.split_at_checked(size).context("a section is cut off")?;
        if *id != CUSTOM || !is_called(content, b"name")? {
            kept.extend(&rest[..rest.len() - next.len()]);
        }
        rest = next;
    }
    Ok(kept)
}

fn is_called(section: &[u8], name: &[u8]) -> Result<bool> {
    let (length, rest) = number(section)?;
    Ok(length == name.len() && rest.starts_with(name))
}

/// An unsigned LEB128 number of 32 bits, and what follows it.
fn number(mut bytes: &[u8]) -> Result<(usize, &[u8])> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first().context("a number is cut off")?;
        bytes = rest;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok((value, bytes));
        }
    }
    bail!("a number has too many bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        [&[id, content.len() as u8 | 0x80, 0][..], content].concat()
    }

    #[test]
    fn only_the_names_go() {
        let parts =
            [section(1, b"types"), section(0, b"\x04namefunctions"), section(0, b"\x05namesx"), section(10, b"code")];
        let wasm = [MAGIC, &parts.concat()].concat();
        let expected = [MAGIC, &parts[0], &parts[2], &parts[3]].concat();
        assert_eq!(without_names(&wasm).unwrap(), expected);
        assert_eq!(without_names(&expected).unwrap(), expected);
    }

    #[test]
    fn what_is_cut_off_or_no_wasm_is_refused() {
        let wasm = [MAGIC, &section(1, b"types")].concat();
        assert_eq!(without_names(&wasm[..wasm.len() - 1]).unwrap_err().to_string(), "a section is cut off");
        assert_eq!(without_names(&wasm[..MAGIC.len() + 2]).unwrap_err().to_string(), "a number is cut off");
        assert_eq!(without_names(b"PK").unwrap_err().to_string(), "this is no wasm file of version 1");
    }
}
