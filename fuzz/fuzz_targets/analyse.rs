//! Any text can be masked, analysed and searched for entities without a panic.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use yingda::nlu::entities::{self, EntityPatterns};
use yingda::text::analysis::Analyser;
use yingda::text::segment::Segmenter;
use yingda::text::sensitive::mask;
use yingda::text::synonyms::Synonyms;

static ANALYSER: LazyLock<Analyser> = LazyLock::new(|| Analyser::new(Segmenter::new([]), Synonyms::new([])));

fuzz_target!(|text: &str| {
    let masked = mask(text);
    let _ = ANALYSER.analyse(&masked.text);
    let now = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
    let _ = entities::find(text, &EntityPatterns::default(), &now);
});
