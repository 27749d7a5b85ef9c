//! Any text can be masked, analysed and searched for entities without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yingda::nlu::entities::{self, EntityPatterns};
use yingda::text::analysis::Analyser;
use yingda::text::segment::Segmenter;
use yingda::text::sensitive::mask;
use yingda::text::synonyms::Synonyms;

fuzz_target!(|text: &str| {
    let analyser = Analyser::new(Segmenter::new([]), Synonyms::new([]));
    let masked = mask(text);
    let _ = analyser.analyse(&masked.text);
    let now = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
    let _ = entities::find(text, &EntityPatterns::default(), &now);
});
