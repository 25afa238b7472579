//! A chart to point at, and the same figure for readers without a script and for paper.

use serde::{Serialize, Serializer};

use super::html::{Html, data, element, of_text};
use crate::error::{Error, Result};
use crate::figures::drawing::Drawing;
use crate::figures::render_inline;
use crate::figures::style::Color;

/// How values are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Bins: a value from each x to the next.
    Steps,
    /// A line through points.
    Line,
    /// Points alone.
    Points,
    /// The space between two values.
    Band,
}

/// Values over x.
#[derive(Debug, Clone, Serialize)]
pub struct Series {
    /// What they are.
    pub label: String,
    /// How they are drawn.
    pub kind: Kind,
    /// Colour on a light page.
    pub color: String,
    /// Whether the line is dashed.
    pub dashed: bool,
    /// Which choice shows them; none for all.
    pub choice: Option<usize>,
    /// Whether they are part of the view of all choices together.
    pub in_all: bool,
    /// Rising.
    pub x: Rounded,
    /// One value for each x.
    pub y: Rounded,
    /// Upper ends of a band.
    #[serde(skip_serializing_if = "Rounded::is_empty")]
    pub to: Rounded,
}

impl Series {
    /// A series that is always shown.
    pub fn new(label: impl Into<String>, kind: Kind, color: Color, x: &[f64], y: &[f64]) -> Self {
        Self {
            label: label.into(),
            kind,
            color: css(color),
            dashed: false,
            choice: None,
            in_all: true,
            x: Rounded(x.to_vec()),
            y: Rounded(y.to_vec()),
            to: Rounded::default(),
        }
    }

    /// The same for one choice, and the view of all if `in_all`.
    #[must_use]
    pub fn of_choice(self, choice: usize, in_all: bool) -> Self {
        Self { choice: Some(choice), in_all, ..self }
    }

    /// The same with a dashed line.
    #[must_use]
    pub fn dashed(self) -> Self {
        Self { dashed: true, ..self }
    }

    /// The band from its values to these.
    #[must_use]
    pub fn up_to(self, to: &[f64]) -> Self {
        Self { kind: Kind::Band, to: Rounded(to.to_vec()), ..self }
    }
}

fn css(Color([red, green, blue]): Color) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Numbers to seven digits: more than a screen shows. What is not finite is null.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rounded(pub Vec<f64>);

impl Rounded {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Rounded {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let short = |x: &f64| x.is_finite().then(|| format!("{x:.6e}").parse::<f64>().unwrap_or(*x));
        serializer.collect_seq(self.0.iter().map(short))
    }
}

/// A line of Λ → ∞ at a value of x, or of y.
#[derive(Debug, Clone, Serialize)]
pub struct GuideLine {
    /// Where.
    pub at: f64,
    /// Its name.
    pub label: String,
    /// Whether it runs across.
    pub across: bool,
}

/// A chart.
#[derive(Debug, Clone, Serialize)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// What the choices are: “Size”.
    pub choose: &'static str,
    /// What one can look at, one at a time.
    pub choices: Vec<String>,
    /// Label of x, with units.
    pub x: String,
    /// Whether x is logarithmic.
    pub x_log: bool,
    /// Label of y.
    pub y: String,
    /// Whether y is logarithmic.
    pub y_log: bool,
    /// Lines of Λ → ∞.
    pub guides: Vec<GuideLine>,
    /// What is drawn.
    pub series: Vec<Series>,
}

impl Chart {
    /// The chart with the figures that stand for it where there is no script, and on paper; `note` says how to read it.
    ///
    /// # Errors
    /// Internal if it is no JSON: a bug.
    pub fn html(&self, id: &str, note: &str, figures: &[Drawing]) -> Result<Html> {
        let json = serde_json::to_string(self).map_err(|error| Error::Internal(format!("JSON: {error}")))?;
        let has_data = self.series.iter().any(|series| !series.x.is_empty());
        let chart = if has_data {
            element("div", &[("class", "interactive"), ("hidden", "")], data(&json))
        } else {
            Html::none()
        };
        let caption = element(
            "figcaption",
            &[],
            Html::all([of_text("strong", &self.title), Html::text(" "), Html::text(note)]),
        );
        let class = match (has_data, figures.is_empty()) {
            (false, _) => "drawn",
            (true, false) => "chart",
            (true, true) => "chart alone",
        };
        Ok(element("figure", &[("class", class), ("id", id)], Html::all([caption, chart, drawn(figures)])))
    }
}

/// Figures alone.
pub fn figure(id: &str, title: &str, drawing: &Drawing) -> Html {
    let caption = element("figcaption", &[], of_text("strong", title));
    let drawn = drawn(std::slice::from_ref(drawing));
    element("figure", &[("class", "drawn"), ("id", id)], Html::all([caption, drawn]))
}

fn drawn(figures: &[Drawing]) -> Html {
    let each = figures.iter().map(|drawing| {
        let label = format!("Figure: {}", drawing.title);
        let frame =
            [("class", "paper"), ("tabindex", "0"), ("role", "group"), ("aria-label", label.as_str())];
        element("div", &frame, Html::own(render_inline(drawing)))
    });
    element("div", &[("class", "static")], Html::all(each))
}
