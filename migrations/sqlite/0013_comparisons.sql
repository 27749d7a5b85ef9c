-- A revision that answers a share of the conversations, to be compared with the live one.
CREATE TABLE comparisons (
    id TEXT NOT NULL PRIMARY KEY,
    revision TEXT NOT NULL,
    against TEXT NOT NULL,
    share BIGINT NOT NULL,
    engine TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    started_by TEXT NOT NULL,
    note TEXT NOT NULL,
    ended_at BIGINT,
    ended_how TEXT
);
CREATE INDEX comparisons_started ON comparisons (started_at);
-- One at a time.
CREATE UNIQUE INDEX comparisons_running ON comparisons ((ended_at IS NULL)) WHERE ended_at IS NULL;
-- How often each topic was asked about, in stretches of five minutes.
CREATE TABLE topics (
    stretch BIGINT NOT NULL,
    topic TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (stretch, topic)
);
-- Topics that rose all at once.
CREATE TABLE alarms (
    topic TEXT NOT NULL,
    at BIGINT NOT NULL,
    n BIGINT NOT NULL,
    usual_tenths BIGINT NOT NULL,
    PRIMARY KEY (topic, at)
);
CREATE INDEX alarms_at ON alarms (at);
CREATE INDEX conversations_created ON conversations (created_at, id);
