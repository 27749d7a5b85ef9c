-- What is done so that a cause leads to no more complaints.
CREATE TABLE improvements (
    id TEXT NOT NULL PRIMARY KEY,
    cause TEXT NOT NULL,
    action TEXT NOT NULL,
    owner TEXT NOT NULL,
    due_on TEXT,
    done_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX improvements_created_at ON improvements (created_at, id);
-- Which department broke which promise of a case, also after the case was passed on.
CREATE TABLE broken_promises (
    number TEXT NOT NULL,
    promise TEXT NOT NULL,
    department TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (number, promise, department)
);
