-- What is promised about a case, what became of it, and what was asked and assessed on the way.
ALTER TABLE cases ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE cases ADD COLUMN level BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN assignee TEXT;
ALTER TABLE cases ADD COLUMN first_reply_due BIGINT;
ALTER TABLE cases ADD COLUMN resolve_due BIGINT;
ALTER TABLE cases ADD COLUMN replied_at BIGINT;
ALTER TABLE cases ADD COLUMN waiting_since BIGINT;
ALTER TABLE cases ADD COLUMN ended_at BIGINT;
ALTER TABLE cases ADD COLUMN late_at BIGINT;
ALTER TABLE cases ADD COLUMN is_noticed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN next_look BIGINT;
ALTER TABLE cases ADD COLUMN confirmation TEXT;
ALTER TABLE cases ADD COLUMN assessment TEXT;
CREATE INDEX cases_next_look ON cases (next_look);
CREATE INDEX cases_opened_at ON cases (opened_at, number);
-- What the operator's system has reported already: sent again, it changes nothing.
CREATE TABLE received (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);
