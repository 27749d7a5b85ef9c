//! Any bytes can be imported in any format without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yingda::exchange::{Format, Mapping, import};
use yingda::knowledge::content::Content;

fuzz_target!(|input: (u8, Vec<u8>)| {
    let format = Format::ALL[usize::from(input.0) % Format::ALL.len()];
    let _ = import(format, &input.1, &Content::default(), &Mapping::default());
});
