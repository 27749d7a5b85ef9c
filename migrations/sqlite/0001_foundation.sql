-- Content: files by the hash of their bytes; a revision is a set of files under paths; what is live is the last publication.
CREATE TABLE files (
    hash BLOB NOT NULL PRIMARY KEY,
    bytes BLOB NOT NULL
);
CREATE TABLE revisions (
    id TEXT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    n_entries BIGINT NOT NULL
);
CREATE TABLE revision_files (
    revision TEXT NOT NULL REFERENCES revisions (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    hash BLOB NOT NULL REFERENCES files (hash),
    PRIMARY KEY (revision, path)
) WITHOUT ROWID;
CREATE INDEX revision_files_hash ON revision_files (hash);
CREATE TABLE publications (
    seq BIGINT NOT NULL PRIMARY KEY,
    revision TEXT NOT NULL REFERENCES revisions (id),
    kind TEXT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    note TEXT NOT NULL,
    forced BIGINT NOT NULL,
    engine TEXT NOT NULL,
    report TEXT
);
CREATE TABLE artefacts (
    name TEXT NOT NULL,
    engine TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (name, engine)
);

-- Drafts: an editor's edits form a named set; a change without a hash removes the file.
CREATE TABLE change_sets (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    n_edits BIGINT NOT NULL,
    revision TEXT
);
CREATE TABLE changes (
    change_set TEXT NOT NULL REFERENCES change_sets (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    base TEXT NOT NULL,
    hash BLOB REFERENCES files (hash),
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (change_set, path)
);
CREATE INDEX changes_hash ON changes (hash);
CREATE TABLE change_set_authors (
    change_set TEXT NOT NULL REFERENCES change_sets (id) ON DELETE CASCADE,
    actor TEXT NOT NULL,
    PRIMARY KEY (change_set, actor)
);

-- People: who may come in, and how. Secrets are kept as digests, passwords as argon2id hashes.
CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    roles TEXT NOT NULL,
    departments TEXT NOT NULL,
    password_hash TEXT,
    totp_secret BLOB,
    totp_step BIGINT,
    recovery TEXT NOT NULL,
    disabled BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE TABLE sessions (
    digest TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    totp_offered BLOB
);
CREATE INDEX sessions_account ON sessions (account);
CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    departments TEXT NOT NULL DEFAULT '[]',
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    used_at BIGINT
);
CREATE TABLE links (
    digest TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    account TEXT REFERENCES accounts (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE TABLE attempts (
    subject TEXT NOT NULL PRIMARY KEY,
    n BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);

-- The audit: only ever added to; each line holds the hash of the one before it.
CREATE TABLE audit (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    event TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_actor ON audit (actor, seq);
CREATE INDEX audit_action ON audit (action, seq);
CREATE INDEX audit_subject ON audit (subject, seq);
CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit is only ever added to');
END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit is only ever added to');
END;

-- Switches: in force at once, on every replica, without a revision.
CREATE TABLE switches (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    value TEXT NOT NULL,
    expires_at BIGINT,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE TABLE serials (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO serials (name, value) VALUES ('switches', 0), ('accounts', 0);

-- Work to be done outside, noted in the transaction that makes it necessary.
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    topic TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    n_attempts BIGINT NOT NULL,
    claimed_by TEXT,
    claimed_until BIGINT NOT NULL,
    dead_at BIGINT,
    error TEXT
);
CREATE INDEX outbox_due ON outbox (due_at);

-- What customers asked lately, masked, counted.
CREATE TABLE asked (
    key BLOB NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    channel TEXT NOT NULL,
    outcome TEXT NOT NULL,
    n BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX asked_last_at ON asked (last_at);

-- Which processes serve, and what.
CREATE TABLE replicas (
    id TEXT NOT NULL PRIMARY KEY,
    revision TEXT NOT NULL,
    engine TEXT NOT NULL,
    seen_at BIGINT NOT NULL
);
