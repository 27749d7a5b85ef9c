-- Who had a conversation last, and for which department; why it was about, as its agent says.
ALTER TABLE conversations ADD COLUMN department TEXT;
ALTER TABLE conversations ADD COLUMN agent TEXT;
ALTER TABLE conversations ADD COLUMN reason TEXT;
CREATE INDEX conversations_standing ON conversations (status, department);
-- Agents: what they are doing, and what they can do.
CREATE TABLE agents (
    account TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    since BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    capacity BIGINT NOT NULL,
    languages TEXT NOT NULL,
    intents TEXT NOT NULL
);
-- Each time that an agent had a conversation.
CREATE TABLE stints (
    conversation TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    agent TEXT NOT NULL,
    department TEXT NOT NULL,
    priority TEXT NOT NULL,
    language TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    place BIGINT NOT NULL,
    replied_at BIGINT,
    ended_at BIGINT,
    ended_by TEXT,
    PRIMARY KEY (conversation, taken_at)
);
CREATE INDEX stints_department ON stints (department, taken_at);
CREATE INDEX stints_agent ON stints (agent, taken_at);
-- What agents write about a conversation for one another.
CREATE TABLE notes (
    id TEXT NOT NULL PRIMARY KEY,
    conversation TEXT NOT NULL,
    agent TEXT NOT NULL,
    at BIGINT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX notes_conversation ON notes (conversation, at);
-- What agents propose to editors.
CREATE TABLE proposals (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    entry TEXT,
    text TEXT NOT NULL,
    language TEXT,
    conversation TEXT,
    agent TEXT NOT NULL,
    at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX proposals_at ON proposals (settled_at, at);
