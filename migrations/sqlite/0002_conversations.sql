-- Conversations: what is remembered of each, and all that happened in it, numbered without gaps.
CREATE TABLE conversations (
    id TEXT NOT NULL PRIMARY KEY,
    token TEXT NOT NULL,
    status TEXT NOT NULL,
    channel TEXT NOT NULL,
    language TEXT,
    context TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX conversations_updated_at ON conversations (updated_at);
CREATE TABLE conversation_events (
    conversation TEXT NOT NULL,
    seq BIGINT NOT NULL,
    type TEXT NOT NULL,
    at BIGINT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (conversation, seq)
);
-- What each message of a client came to: sent again, it gets the same.
CREATE TABLE conversation_turns (
    conversation TEXT NOT NULL,
    client_id TEXT NOT NULL,
    hash BLOB NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (conversation, client_id)
);

-- Cases, with what was given for them; secrets are sealed.
CREATE TABLE cases (
    number TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    department TEXT NOT NULL,
    conversation TEXT NOT NULL,
    order_number TEXT,
    slots TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX cases_conversation ON cases (conversation);
CREATE INDEX cases_order_number ON cases (order_number);
CREATE TABLE case_history (
    number TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    what TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (number, seq)
);
-- How many cases of a kind a day has had, numbers that came to nothing included.
CREATE TABLE case_counts (
    kind TEXT NOT NULL,
    day TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (kind, day)
);
