-- Endpoints of the operator's systems that are told what happens; their secrets are sealed.
CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    events TEXT NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT,
    old_secret_until BIGINT,
    status TEXT NOT NULL,
    disabled_reason TEXT,
    failing_since BIGINT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
-- What is sent to them, and what became of it. The outbox holds, under the same id, what is still to be sent.
CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    webhook TEXT NOT NULL,
    event TEXT NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    n_attempts BIGINT NOT NULL,
    tried_at BIGINT,
    status BIGINT,
    error TEXT,
    delivered_at BIGINT,
    dead_at BIGINT
);
CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook, at);
CREATE INDEX webhook_deliveries_subject ON webhook_deliveries (subject);
CREATE INDEX webhook_deliveries_at ON webhook_deliveries (at);
CREATE INDEX outbox_topic ON outbox (topic, due_at);
