-- Who talks: the verified subject apart from claims, when the visitor last spoke, when silence ended a conversation.
ALTER TABLE conversations ADD COLUMN subject TEXT;
ALTER TABLE conversations ADD COLUMN identity TEXT;
ALTER TABLE conversations ADD COLUMN spoke_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN closed_idle_at BIGINT;
UPDATE conversations SET spoke_at = updated_at;
CREATE INDEX conversations_token ON conversations (token);
CREATE INDEX conversations_subject ON conversations (subject);
CREATE INDEX conversations_silent ON conversations (spoke_at, id) WHERE status <> 'closed';

-- Conversations by the digest of the name that their client gave to its request; the token is sealed.
CREATE TABLE idempotency (
    name TEXT NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL,
    conversation TEXT NOT NULL,
    sealed TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX idempotency_conversation ON idempotency (conversation);

-- Who may not write.
CREATE TABLE blocks (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    reason TEXT NOT NULL,
    expires_at BIGINT,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX blocks_value ON blocks (kind, value);
INSERT INTO serials (name, value) VALUES ('blocks', 0);
