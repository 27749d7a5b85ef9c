//! What stands in a cell: texts that no spreadsheet takes for a formula, several values one a line.

use std::borrow::Cow;

/// Beginnings that some spreadsheet takes for a formula (OWASP, CSV injection; Excel in East Asia reads the full-width
/// signs as well), and the apostrophe that takes this from them.
const FORMULA_STARTS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\0', '\'', '＝', '＋', '－', '＠'];

/// Takes from a cell that it is read as a formula: an apostrophe is put in front.
pub(crate) fn neutralised(cell: String) -> String {
    if cell.starts_with(FORMULA_STARTS) { format!("'{cell}") } else { cell }
}

/// Takes one leading apostrophe off.
pub(crate) fn restored(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

/// Takes a leading apostrophe off where it stands before a formula; elsewhere it belongs to the text.
pub(crate) fn restored_formula(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA_STARTS)).unwrap_or(cell)
}

/// Writes a value on one line.
pub(crate) fn escaped(value: &str) -> Cow<'_, str> {
    if !value.contains(['\\', '\n']) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(value.replace('\\', "\\\\").replace('\n', "\\n"))
}

/// Reads a value that was written on one line; a backslash before anything else is itself.
pub(crate) fn unescaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\\' && chars.next_if_eq(&'n').is_some() {
            out.push('\n');
            continue;
        }
        if c == '\\' {
            chars.next_if_eq(&'\\');
        }
        out.push(c);
    }
    out
}

/// Writes several values, one a line.
pub(crate) fn joined<'v>(values: impl IntoIterator<Item = &'v str>) -> String {
    let lines: Vec<Cow<'_, str>> = values.into_iter().map(escaped).collect();
    lines.join("\n")
}

/// Reads several values, one a line; empty lines hold none.
pub(crate) fn split(cell: &str) -> Vec<String> {
    let lines = cell.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    lines.filter(|line| !line.is_empty()).map(unescaped).collect()
}

/// Reads several words, one a line or with commas between them.
pub(crate) fn words(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(['\n', ',', '，', '、', ';', '；']).map(str::trim).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn no_cell_begins_like_a_formula() {
        for (text, cell) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+86 10", "'+86 10"),
            ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\t=1"),
            ("'=1", "''=1"),
            ("'", "''"),
            ("＝1", "'＝1"),
            ("1=1", "1=1"),
            ("", ""),
        ] {
            assert_eq!(neutralised(text.to_owned()), cell);
            assert_eq!(restored(cell), text);
        }
        assert_eq!(restored_formula("'tis so"), "'tis so");
        assert_eq!(restored_formula("'=1"), "=1");
    }

    #[test]
    fn a_backslash_of_the_editor_stays() {
        assert_eq!(split("C:\\数据\\\\新\\n行\r\n\n二"), ["C:\\数据\\新\n行", "二"]);
    }

    proptest! {
        #[test]
        fn values_come_back(values in proptest::collection::vec("[\\\\n\na=退]{1,6}", 0..4)) {
            prop_assert_eq!(split(&joined(values.iter().map(String::as_str))), values);
        }

        #[test]
        fn neutralising_is_undone(text in any::<String>()) {
            let cell = neutralised(text.clone());
            prop_assert_eq!(restored(&cell), text);
        }
    }
}
