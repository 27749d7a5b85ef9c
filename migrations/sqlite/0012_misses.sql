-- What customers asked and were not helped with: how often the answer did not help, how often a person was asked for after it, and
-- since when an editor has dealt with it.
ALTER TABLE asked ADD COLUMN n_unhelpful BIGINT NOT NULL DEFAULT 0;
ALTER TABLE asked ADD COLUMN n_handed_off BIGINT NOT NULL DEFAULT 0;
ALTER TABLE asked ADD COLUMN settled_until BIGINT;
