//! Markup in which every text is escaped: a run's texts are written by others.

/// A piece of a page. Texts become one by [`Html::text`] only, which escapes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    /// A text, with subscripts in E_0 and the like.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self(with_subscripts(&escaped(text.as_ref())))
    }

    /// A text as it is written.
    pub fn plain(text: impl AsRef<str>) -> Self {
        Self(escaped(text.as_ref()))
    }

    /// Markup of hspin's own: drawings, which escape their texts, and files of assets/.
    pub(super) fn own(markup: String) -> Self {
        Self(markup)
    }

    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Pieces one after the other.
    pub fn all(pieces: impl IntoIterator<Item = Self>) -> Self {
        Self(pieces.into_iter().map(|piece| piece.0).collect())
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The markup.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// Attributes of an element: names and values.
pub type Attributes<'a> = &'a [(&'static str, &'a str)];

/// An element around a piece; an attribute without a value is one with an empty one.
pub fn element(tag: &'static str, attributes: Attributes, content: Html) -> Html {
    Html(format!("{}{}</{tag}>", opening(tag, attributes), content.0))
}

/// An element around a text.
pub fn of_text(tag: &'static str, text: impl AsRef<str>) -> Html {
    element(tag, &[], Html::text(text))
}

fn opening(tag: &str, attributes: Attributes) -> String {
    let attributes: String =
        attributes.iter().map(|(name, value)| format!(" {name}=\"{}\"", escaped(value))).collect();
    format!("<{tag}{attributes}>")
}

/// A list of texts; nothing of none.
pub fn list(texts: impl IntoIterator<Item = String>) -> Html {
    let items = Html::all(texts.into_iter().map(|text| of_text("li", text)));
    if items.is_empty() { items } else { element("ul", &[], items) }
}

/// Paragraphs, one for each line of a text.
pub fn paragraphs(text: &str) -> Html {
    Html::all(text.lines().filter(|line| !line.trim().is_empty()).map(|line| of_text("p", line.trim())))
}

/// JSON that a script of the page reads: no text in it can end the element.
pub fn data(json: &str) -> Html {
    let harmless = json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    Html(format!("<script type=\"application/json\">{harmless}</script>"))
}

/// Symbols with a subscript: a letter, and what may stand below it.
const SYMBOLS: [(char, &[&str]); 2] = [('E', &["0", "∞", "th", "alg", "k"]), ('λ', &["s", "ML"])];

fn with_subscripts(text: &str) -> String {
    let mut pieces = text.split('_');
    let mut marked = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let mut before = marked.chars().rev();
        let letter = before.next();
        let stands_alone = before.next().is_none_or(|c| !c.is_alphanumeric());
        let known = SYMBOLS.iter().filter(|(symbol, _)| stands_alone && letter == Some(*symbol));
        let below = known.flat_map(|(_, below)| below.iter()).find(|below| {
            let rest = piece.strip_prefix(**below);
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
        });
        match below {
            Some(below) => marked.push_str(&format!("<sub>{below}</sub>{}", &piece[below.len()..])),
            None => marked.push_str(&format!("_{piece}")),
        }
    }
    marked
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(character),
            // Neither text nor allowed in a page.
            character if character.is_control() => safe.push('\u{fffd}'),
            character => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_have_subscripts_and_other_words_stay() {
        let Html(text) = Html::text("below −E_∞, E_0 = 1 and λ_ML; myE_0, E_05, max_steps");
        assert_eq!(
            text,
            "below −E<sub>∞</sub>, E<sub>0</sub> = 1 and λ<sub>ML</sub>; myE_0, E_05, max_steps"
        );
    }

    #[test]
    fn no_text_leaves_its_place() {
        let hostile = "</td><script>alert(\"1\")</script>&\u{0}'";
        let safe = "&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;\u{fffd}&#39;";
        assert_eq!(element("td", &[], Html::text(hostile)), Html(format!("<td>{safe}</td>")));
        let titled = element("p", &[("title", hostile)], Html::none());
        assert_eq!(titled, Html(format!("<p title=\"{safe}\"></p>")));
        let json = serde_json::to_string(hostile).unwrap();
        let Html(data) = data(&json);
        let inside = data.strip_prefix("<script type=\"application/json\">").unwrap();
        let inside = inside.strip_suffix("</script>").unwrap();
        assert!(!inside.contains(['<', '>', '&']), "{inside}");
        assert_eq!(serde_json::from_str::<String>(inside).unwrap(), hostile);
    }
}
