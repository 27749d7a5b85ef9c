-- Files that customers send, sealed.
CREATE TABLE attachments (
    id TEXT NOT NULL PRIMARY KEY,
    conversation TEXT NOT NULL,
    case_number TEXT,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX attachments_conversation ON attachments (conversation, at);
CREATE INDEX attachments_case_number ON attachments (case_number, at);
