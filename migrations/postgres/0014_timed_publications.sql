-- Change sets that go live at a time, and how that ended.
CREATE TABLE timed_publications (
    id TEXT NOT NULL PRIMARY KEY,
    change_set TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    address TEXT,
    note TEXT NOT NULL,
    forced BIGINT NOT NULL,
    revision TEXT NOT NULL,
    held TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    claimed_by TEXT,
    claimed_until BIGINT NOT NULL
);
-- One waits for a change set.
CREATE UNIQUE INDEX timed_publications_waiting ON timed_publications (change_set) WHERE state = 'waiting';
CREATE INDEX timed_publications_due ON timed_publications (due_at) WHERE state = 'waiting';
CREATE INDEX timed_publications_ended ON timed_publications (ended_at);
