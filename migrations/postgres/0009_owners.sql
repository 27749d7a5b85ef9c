-- Who has a conversation, and the place of those that wait, as JSON text; `status` stays what is looked for.
ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT '"bot"';
UPDATE conversations SET owner = '"nobody"' WHERE status = 'closed';
UPDATE conversations SET owner = '{"queue":{"department":"general","priority":"normal","since":"1970-01-01T00:00:00Z"}}'
    WHERE status = 'queued';
