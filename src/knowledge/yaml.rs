//! YAML as a tree that knows where everything stands. Scalars are kept as they are written: `no` is "no".

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::knowledge::source::Place;

/// A node with its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Where it begins.
    pub(crate) place: Place,
    /// What it is.
    pub(crate) value: Value,
    /// How it is written.
    pub(crate) style: Style,
    /// Where it is written, in characters of the text that was parsed; of a block, from its first item to the end of its last.
    pub(crate) range: Range<usize>,
}

/// How a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A scalar without marks.
    Plain,
    /// A scalar in quotes.
    Quoted,
    /// A scalar on lines of its own, after `|` or `>`.
    Lines,
    /// A collection within `[ ]` or `{ }`.
    Flow,
    /// A collection of one item a line.
    Block,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A text; empty where nothing is written.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// Keys with their values, in the file's order.
    Map(Vec<(Node, Node)>),
}

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct YamlFault {
    /// Where.
    pub(crate) place: Place,
    /// What.
    pub(crate) message: String,
}

/// Deeper nesting than this is no content of ours.
const MAX_DEPTH: usize = 32;

/// Parses one document; `first_line` is the file's line that `text` begins on. An empty document is an empty mapping.
///
/// # Errors
/// Fails at the first place that is no YAML, on anchors and aliases, on a second document, and on nesting deeper than 32.
pub(crate) fn parse(text: &str, file: usize, first_line: usize) -> Result<Node, YamlFault> {
    let mut builder = Builder { file, first_line, open: Vec::new(), root: None };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => builder.take(event, span)?,
            Err(error) => {
                let marker = error.marker();
                let place = Place { file, line: marker.line().max(1) + first_line - 1, column: marker.col() + 1 };
                return Err(YamlFault { place, message: error.info().to_lowercase() });
            }
        }
    }
    Ok(builder.root.unwrap_or(Node {
        place: Place { file, line: first_line, column: 1 },
        value: Value::Map(Vec::new()),
        style: Style::Block,
        range: 0..0,
    }))
}

struct Builder {
    file: usize,
    first_line: usize,
    open: Vec<(Node, Option<Node>)>,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlFault> {
        let place = Place {
            file: self.file,
            line: span.start.line().max(1) + self.first_line - 1,
            column: span.start.col() + 1,
        };
        let fault = |message: &str| Err(YamlFault { place, message: message.to_owned() });
        match event {
            Event::Scalar(text, style, anchor, _) => {
                if anchor != 0 {
                    return fault("anchors are not used here");
                }
                let style = match style {
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Lines,
                    ScalarStyle::Plain => Style::Plain,
                };
                let text = if style == Style::Plain && text == "~" { String::new() } else { text.into_owned() };
                let range = span.start.index()..span.end.index();
                self.put(Node { place, value: Value::Scalar(text), style, range });
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) if anchor != 0 => {
                return fault("anchors are not used here");
            }
            Event::SequenceStart(..) => self.begin(place, Value::List(Vec::new()), span),
            Event::MappingStart(..) => self.begin(place, Value::Map(Vec::new()), span),
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((mut node, _)) = self.open.pop() {
                    node.range.end = match node.style {
                        Style::Flow => span.end.index(),
                        _ => node.end_of_last().unwrap_or(node.range.start),
                    };
                    self.put(node);
                }
            }
            Event::Alias(_) => return fault("aliases are not used here"),
            Event::DocumentStart(_) if self.root.is_some() => {
                return fault("a second document begins here; a file holds one");
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
        if self.open.len() > MAX_DEPTH {
            return fault("nested too deeply");
        }
        Ok(())
    }

    /// A block has no mark of its own where it begins.
    fn begin(&mut self, place: Place, value: Value, span: Span) {
        let (start, end) = (span.start.index(), span.end.index());
        let style = if start == end { Style::Block } else { Style::Flow };
        self.open.push((Node { place, value, style, range: start..end }, None));
    }

    fn put(&mut self, node: Node) {
        match self.open.last_mut() {
            None => {
                self.root.get_or_insert(node);
            }
            Some((Node { value: Value::List(items), .. }, _)) => items.push(node),
            Some((Node { value: Value::Map(pairs), .. }, key)) => match key.take() {
                None => *key = Some(node),
                Some(key) => pairs.push((key, node)),
            },
            Some(_) => {}
        }
    }
}

impl Node {
    /// Returns the text of a scalar.
    pub(crate) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    /// Says whether nothing is written.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(&self.value, Value::Scalar(text) if text.is_empty() && self.style != Style::Quoted)
    }

    /// Says whether it is in quotes: then its first character stands one behind `place`.
    pub(crate) fn is_quoted(&self) -> bool {
        self.style == Style::Quoted
    }

    fn end_of_last(&self) -> Option<usize> {
        match &self.value {
            Value::Scalar(_) => None,
            Value::List(items) => items.last().map(|item| item.range.end),
            Value::Map(pairs) => pairs.last().map(|(_, value)| value.range.end),
        }
    }

    /// Says what the node is, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match self.value {
            Value::Scalar(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}
