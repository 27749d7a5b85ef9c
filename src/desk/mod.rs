//! What the service desk promises and vouches for, as pure rules: its hours, its promises, what may become of a case, its
//! official contacts; what cases tell when they are counted; the form on paper; which survey is due.

pub mod alarm;
pub mod board;
pub mod case;
pub mod case_number;
pub mod case_steps;
pub mod comparison;
pub mod contacts;
pub mod feedback;
pub mod hours;
pub mod idle;
pub mod improvements;
pub mod outgoing;
pub mod owner;
pub mod promises;
pub mod refund_form;
pub mod reports;
pub mod routing;
pub mod survey_results;
pub mod surveys;
pub mod transactions;
pub mod working_time;
