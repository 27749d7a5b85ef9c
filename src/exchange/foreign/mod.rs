//! Knowledge of other systems: a file of theirs → entries as they have them → documents of ours.
//!
//! One file a format; each makes `ForeignEntry` values, and `documents` makes of these what an editor finds here. What is
//! broken is a fault; what has no place here is left out with a note.

pub(crate) mod braces;
mod columns;
mod dialogflow;
mod dify;
pub(crate) mod documents;
pub(crate) mod entry;
mod fastgpt;
mod joining;
mod json;
mod leads;
mod markup;
mod maxkb;
mod naming;
mod qna;
mod qnabot;
mod qnamaker;
mod rasa;
mod reports;
mod tags;

use crate::exchange::foreign::documents::documents;
use crate::exchange::foreign::entry::Reading;
use crate::exchange::sheet::Row;
use crate::exchange::{Fault, Imported, archive, table_rows};
use crate::knowledge::content::Content;

/// A format of another system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// Microsoft's QnA Maker and custom question answering: a table with tabs.
    QnaMaker,
    /// Microsoft's `.qna` file.
    Qna,
    /// QnABot on AWS: JSON or a workbook.
    QnaBot,
    /// FastGPT's `q,a,indexes`.
    FastGpt,
    /// Dify's annotations.
    Dify,
    /// MaxKB's questions and answers, csv or xlsx.
    MaxKb,
    /// An agent of Dialogflow ES: a zip archive.
    Dialogflow,
    /// Rasa's domain and training data: YAML, or a zip archive of it.
    Rasa,
}

impl Foreign {
    /// Returns the name that the command line and the API have for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::QnaMaker => "qnamaker",
            Self::Qna => "qna",
            Self::QnaBot => "qnabot",
            Self::FastGpt => "fastgpt",
            Self::Dify => "dify",
            Self::MaxKb => "maxkb",
            Self::Dialogflow => "dialogflow",
            Self::Rasa => "rasa",
        }
    }
}

/// Reads a file of another system; never stops at the first fault.
pub(crate) fn import(format: Foreign, bytes: &[u8], content: &Content) -> Imported {
    let of_table = |read: fn(&[Row]) -> Reading| table_rows(bytes).map(|rows| read(&rows));
    let is_workbook = bytes.starts_with(archive::MAGIC);
    let reading = match format {
        Foreign::QnaMaker => of_table(qnamaker::read),
        Foreign::Qna => Ok(qna::read(bytes)),
        Foreign::QnaBot if is_workbook => of_table(qnabot::read_rows),
        Foreign::QnaBot => Ok(qnabot::read(bytes)),
        Foreign::FastGpt => of_table(fastgpt::read),
        Foreign::Dify => of_table(dify::read),
        Foreign::MaxKb => of_table(maxkb::read),
        Foreign::Dialogflow => Ok(dialogflow::read(bytes)),
        Foreign::Rasa => Ok(rasa::read(bytes)),
    };
    let heading = match format {
        Foreign::QnaMaker => qnamaker::heading,
        Foreign::Qna => qna::heading,
        Foreign::QnaBot if is_workbook => qnabot::column,
        Foreign::QnaBot => qnabot::heading,
        Foreign::FastGpt => fastgpt::heading,
        Foreign::Dify => dify::heading,
        Foreign::MaxKb => maxkb::heading,
        Foreign::Dialogflow => dialogflow::heading,
        Foreign::Rasa => rasa::heading,
    };
    let mut imported = match reading {
        Ok(reading) => documents(reading, content, &|field| heading(field).to_owned()),
        Err(why) => return Imported::unreadable(why),
    };
    if imported.documents.is_empty() && imported.faults.is_empty() {
        imported.faults.push(Fault::of_file("the file holds no question with an answer"));
    }
    imported
}
