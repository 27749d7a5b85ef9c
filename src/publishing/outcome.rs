//! How a publication, a trial or the way back ended: what the command and the API tell of it.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::evaluation::verdict::GateReport;
use crate::knowledge::difference::Difference;
use crate::publishing::proposal::Conflict;

/// How a wish ended.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// What was to be published is live.
    Unchanged {
        /// The revision.
        revision: String,
    },
    /// It is live now.
    Published {
        /// The revision.
        revision: String,
        /// The number of the publication.
        seq: i64,
        /// Whether the gate was overruled.
        forced: bool,
        /// What changes.
        difference: Difference,
        /// What the gate says.
        report: Box<GateReport>,
    },
    /// It answers a share of the conversations now.
    Comparing {
        /// The comparison.
        comparison: String,
        /// The revision.
        revision: String,
        /// What changes.
        difference: Difference,
        /// What the gate says.
        report: Box<GateReport>,
    },
    /// It goes live at an instant.
    Scheduled {
        /// The timed publication.
        id: String,
        /// When.
        #[schema(value_type = String, format = DateTime)]
        at: Timestamp,
        /// The revision, where nothing else goes live before.
        revision: String,
        /// Whether the gate was overruled.
        forced: bool,
        /// What changes.
        difference: Difference,
        /// What the gate says.
        report: Box<GateReport>,
    },
    /// An earlier revision is live again.
    RolledBack {
        /// The revision.
        revision: String,
        /// The number of the publication.
        seq: i64,
    },
    /// It could be published.
    Ready {
        /// The revision.
        revision: String,
        /// What changes.
        difference: Difference,
        /// What the gate says.
        report: Box<GateReport>,
    },
    /// The gate says no: nothing has changed.
    Refused {
        /// The revision.
        revision: String,
        /// What would change.
        difference: Difference,
        /// What the gate says.
        report: Box<GateReport>,
    },
    /// It did not start from what is live: nothing has changed.
    Diverged {
        /// What is live.
        live: String,
        /// What it started from; empty where that is not known.
        bases: Vec<String>,
        /// What would change.
        difference: Difference,
    },
    /// Somebody else's edits of the same things went live first: nothing has changed.
    Conflicting {
        /// What both have edited.
        conflicts: Vec<Conflict>,
    },
    /// Whoever wrote something does not publish it here: nothing has changed.
    SecondPersonNeeded {
        /// Those who wrote it.
        authors: Vec<String>,
    },
}

impl Outcome {
    /// Says whether it is what was wished for.
    pub fn is_good(&self) -> bool {
        matches!(
            self,
            Self::Unchanged { .. }
                | Self::Published { .. }
                | Self::Comparing { .. }
                | Self::Scheduled { .. }
                | Self::RolledBack { .. }
                | Self::Ready { .. }
        )
    }

    /// Returns its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unchanged { .. } => "unchanged",
            Self::Published { .. } => "published",
            Self::Comparing { .. } => "comparing",
            Self::Scheduled { .. } => "scheduled",
            Self::RolledBack { .. } => "rolled_back",
            Self::Ready { .. } => "ready",
            Self::Refused { .. } => "refused",
            Self::Diverged { .. } => "diverged",
            Self::Conflicting { .. } => "conflicting",
            Self::SecondPersonNeeded { .. } => "second_person_needed",
        }
    }
}
