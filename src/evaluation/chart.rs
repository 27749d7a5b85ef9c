//! Coverage and precision as a picture: text for a terminal, SVG for a page.

use std::fmt::Write;

use crate::evaluation::curves::CurvePoint;

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 320.0;
const MARGIN: f64 = 48.0;

/// Draws the curve as SVG: coverage to the right, precision upwards.
pub fn svg(curve: &[CurvePoint], title: &str) -> String {
    let x = |coverage: f64| MARGIN + coverage * (WIDTH - 2.0 * MARGIN);
    let y = |precision: f64| HEIGHT - MARGIN - precision * (HEIGHT - 2.0 * MARGIN);
    let mut lines = String::new();
    for tenth in (0..=10).step_by(2) {
        let share = f64::from(tenth) / 10.0;
        let (left, right, top, bottom) = (x(0.0), x(1.0), y(1.0), y(0.0));
        let (at_x, at_y) = (x(share), y(share));
        let _ = write!(
            lines,
            "<path d=\"M{left:.0} {at_y:.1}H{right:.0}M{at_x:.1} {top:.0}V{bottom:.0}\" stroke=\"#ddd\"/>\
             <text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{share}</text>\
             <text x=\"{at_x:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{share}</text>",
            left - 6.0,
            at_y + 4.0,
            bottom + 16.0
        );
    }
    let points: Vec<String> =
        curve.iter().map(|point| format!("{:.1},{:.1}", x(point.coverage), y(point.precision))).collect();
    let escaped = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\"><title>{escaped}</title>{lines}<polyline points=\"{}\" fill=\"none\" stroke=\"#0a58ca\" \
         stroke-width=\"2\"/><text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"middle\">coverage: answerable questions answered \
         rightly</text><text x=\"14\" y=\"{:.0}\" transform=\"rotate(-90 14 {:.0})\" text-anchor=\"middle\">precision: \
         answers that are right</text><text x=\"{:.0}\" y=\"24\" text-anchor=\"middle\" font-weight=\"bold\">{escaped}\
         </text></svg>\n",
        points.join(" "),
        WIDTH / 2.0,
        HEIGHT - 10.0,
        HEIGHT / 2.0,
        HEIGHT / 2.0,
        WIDTH / 2.0,
    )
}

/// Draws the curve as text: a row per point, with a bar for the coverage.
pub fn text(curve: &[CurvePoint]) -> String {
    const BAR: f64 = 40.0;
    let mut drawn = String::from("threshold  precision  coverage\n");
    for point in curve {
        let bar = "#".repeat((point.coverage * BAR).round() as usize);
        let _ = writeln!(drawn, "{:>9.3}  {:>9.3}  {:>8.3}  {bar}", point.threshold, point.precision, point.coverage);
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_is_drawn_and_a_title_is_text() {
        let curve = [
            CurvePoint { threshold: 0.9, precision: 1.0, coverage: 0.25 },
            CurvePoint { threshold: 0.1, precision: 0.5, coverage: 1.0 },
        ];
        let drawn = svg(&curve, "a <b> & c");
        assert!(drawn.contains("points=\"144.0,48.0 432.0,160.0\"") && drawn.contains("a &lt;b&gt; &amp; c"));
        assert!(text(&curve).ends_with(&format!("0.500     1.000  {}\n", "#".repeat(40))));
    }
}
