//! Our table: one row for each entry and language, and the columns that it has. Knows nothing of csv and xlsx.

pub(crate) mod cells;
pub(crate) mod read;
pub(crate) mod write;

/// A column, in the order in which tables are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Id,
    Category,
    Language,
    Question,
    Similar,
    Never,
    Answer,
    Related,
    Actions,
    Requires,
    ValidFrom,
    ValidUntil,
    Channels,
    Audience,
    Steps,
    Top,
    Owner,
    ReviewBy,
}

impl Column {
    /// All columns.
    pub(crate) const ALL: [Self; 18] = [
        Self::Id,
        Self::Category,
        Self::Language,
        Self::Question,
        Self::Similar,
        Self::Never,
        Self::Answer,
        Self::Related,
        Self::Actions,
        Self::Requires,
        Self::ValidFrom,
        Self::ValidUntil,
        Self::Channels,
        Self::Audience,
        Self::Steps,
        Self::Top,
        Self::Owner,
        Self::ReviewBy,
    ];

    /// Columns without which a table says nothing.
    pub(crate) const REQUIRED: [Self; 4] = [Self::Id, Self::Category, Self::Question, Self::Answer];

    /// Columns that stand only in the row of an entry's Chinese text; the category may be repeated.
    pub(crate) const OF_ENTRY: [Self; 10] = [
        Self::Related,
        Self::Actions,
        Self::Requires,
        Self::ValidFrom,
        Self::ValidUntil,
        Self::Channels,
        Self::Audience,
        Self::Steps,
        Self::Top,
        Self::Owner,
    ];

    /// Returns the heading.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Category => "category",
            Self::Language => "language",
            Self::Question => "question",
            Self::Similar => "similar",
            Self::Never => "never",
            Self::Answer => "answer",
            Self::Related => "related",
            Self::Actions => "actions",
            Self::Requires => "requires",
            Self::ValidFrom => "valid_from",
            Self::ValidUntil => "valid_until",
            Self::Channels => "channels",
            Self::Audience => "audience",
            Self::Steps => "steps",
            Self::Top => "top",
            Self::Owner => "owner",
            Self::ReviewBy => "review_by",
        }
    }

    /// Returns the column of a heading.
    pub(crate) fn named(heading: &str) -> Option<Self> {
        let heading = heading.trim();
        Self::ALL.into_iter().find(|column| column.name().eq_ignore_ascii_case(heading))
    }
}

/// The cells of a row as they are written, one a column.
pub(crate) type Cells = [String; Column::ALL.len()];

/// A row as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its number as a spreadsheet counts, from 1.
    pub(crate) number: usize,
    /// Its cells from the first column on; behind the last all are empty.
    pub(crate) cells: Vec<String>,
    /// Whether bytes of it are no text.
    pub(crate) is_garbled: bool,
}

impl Row {
    /// Returns a cell; empty where there is none.
    pub(crate) fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }

    /// Says whether nothing is written.
    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// Rows of a file that is still taken for knowledge of a support desk.
pub(crate) const MOST_ROWS: usize = 200_000;

/// What is said of a file with more rows.
pub(crate) const TOO_MANY_ROWS: &str = "there are more than 200,000 rows";
