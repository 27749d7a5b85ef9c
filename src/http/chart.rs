//! Charts as pictures inside a page (SVG): bars of one colour, which the page's style gives. Whoever does not see them reads the title,
//! and the table that stands beside each.

use std::fmt::Write;

use crate::http::html::{NOTHING, escaped, percent};

/// The size of a chart, in its own units; the page scales it.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 190.0;

/// Where bars end above and begin below.
const TOP: f64 = 20.0;
const GROUND: f64 = 165.0;

/// The part of its room that a bar fills, and the most of it.
const FILLED: f64 = 0.8;
const WIDEST: f64 = 72.0;

/// So many bars have their names below each; of more, the first and the last are named.
const FEW: usize = 8;

/// Letters of a name that stand below one of few bars.
const SHORT: usize = 10;

/// What the bars of a chart measure.
#[derive(Clone, Copy, Debug)]
pub enum Scale {
    /// Numbers; the largest fills the chart.
    Counts,
    /// Shares of one, of which all fills the chart.
    Shares,
}

impl Scale {
    fn most(self, values: &[(&str, Option<f64>)]) -> f64 {
        match self {
            Scale::Counts => values.iter().filter_map(|(_, value)| *value).fold(0.0, f64::max),
            Scale::Shares => 1.0,
        }
    }

    fn say(self, value: Option<f64>) -> String {
        match self {
            Scale::Counts => value.map_or_else(|| NOTHING.to_owned(), |value| format!("{value:.0}")),
            Scale::Shares => percent(value),
        }
    }
}

/// Draws a bar for each value, with its name; of what is not known, none. `id` is the chart's own in the page. Nothing is drawn of no
/// values.
pub fn bars(id: &str, title: &str, scale: Scale, values: &[(&str, Option<f64>)]) -> String {
    let (Some((first, _)), Some((last, _))) = (values.first(), values.last()) else { return String::new() };
    let most = scale.most(values);
    let room = WIDTH / values.len() as f64;
    let mut drawn = String::new();
    for (at, (name, value)) in values.iter().enumerate() {
        let height = if most == 0.0 { 0.0 } else { (GROUND - TOP) * value.unwrap_or_default() / most };
        let width = (room * FILLED).min(WIDEST);
        let left = room * at as f64 + (room - width) / 2.0;
        // Writing to a String cannot fail.
        let _ = writeln!(
            drawn,
            "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\"><title>{}: {}</title></rect>",
            GROUND - height,
            width,
            escaped(name),
            scale.say(*value),
        );
    }
    let text = |x: f64, y: f64, anchor: &str, text: &str| {
        format!("<text x=\"{x}\" y=\"{y}\" font-size=\"13\" text-anchor=\"{anchor}\">{}</text>\n", escaped(text))
    };
    let below = HEIGHT - 7.0;
    let names = if values.len() <= FEW {
        let middle = |at: usize| room * (at as f64 + 0.5);
        values.iter().enumerate().map(|(at, (name, _))| text(middle(at), below, "middle", &shortened(name))).collect()
    } else {
        text(0.0, below, "start", first) + &text(WIDTH, below, "end", last)
    };
    format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}\">\n\
         <title id=\"{id}\">{}</title>\n{drawn}<line x1=\"0\" y1=\"{GROUND}\" x2=\"{WIDTH}\" y2=\"{GROUND}\"/>\n{}{names}</svg>\n",
        escaped(title),
        text(0.0, TOP - 7.0, "start", &scale.say(Some(most))),
    )
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_value_fills_the_chart_and_names_stay_texts() {
        let values = [("<b>", Some(2.0)), ("c", Some(4.0)), ("d", Some(0.0))];
        let chart = bars("begun", "A & B", Scale::Counts, &values);
        assert!(chart.contains("aria-labelledby=\"begun\"") && chart.contains("<title id=\"begun\">A &amp; B</title>"));
        assert!(chart.contains("y=\"92.5\" width=\"72.0\" height=\"72.5\"><title>&lt;b&gt;: 2</title>"), "{chart}");
        assert!(chart.contains("y=\"20.0\" width=\"72.0\" height=\"145.0\"><title>c: 4</title>"), "{chart}");
        assert!(chart.contains("y=\"165.0\" width=\"72.0\" height=\"0.0\"><title>d: 0</title>"), "{chart}");
        assert!(!chart.contains("<b>") && !chart.contains("style="), "{chart}");
    }

    #[test]
    fn a_share_fills_its_part_and_what_is_not_known_is_no_bar() {
        let chart = bars("kept", "Kept", Scale::Shares, &[("a", Some(0.5)), ("b", None)]);
        assert!(chart.contains("height=\"72.5\"><title>a: 50.0 %</title>"), "{chart}");
        assert!(chart.contains("height=\"0.0\"><title>b: –</title>"), "{chart}");
        assert!(chart.contains(">100.0 %</text>"), "{chart}");
    }

    #[test]
    fn few_bars_are_named_each_and_many_by_the_first_and_the_last() {
        let few = bars("a", "b", Scale::Counts, &[("怎么把余额提现到银行卡", Some(1.0)), ("x", Some(2.0))]);
        assert!(
            few.contains("x=\"180\" y=\"183\" font-size=\"13\" text-anchor=\"middle\">怎么把余额提现到银行…</text>"),
            "{few}"
        );
        let names: Vec<String> = (1..=20).map(|day| format!("day {day}")).collect();
        let many: Vec<_> = names.iter().map(|name| (name.as_str(), Some(1.0))).collect();
        let many = bars("a", "b", Scale::Counts, &many);
        let named = |name: &str| many.contains(&format!(">{name}</text>"));
        assert!(named("day 1") && named("day 20") && !named("day 7"), "{many}");
    }

    #[test]
    fn of_nothing_nothing_is_drawn_and_zeros_lie_on_the_ground() {
        assert_eq!(bars("a", "b", Scale::Counts, &[]), "");
        let chart = bars("a", "b", Scale::Counts, &[("c", Some(0.0))]);
        assert!(chart.contains("height=\"0.0\"") && !chart.contains("NaN"), "{chart}");
    }
}
