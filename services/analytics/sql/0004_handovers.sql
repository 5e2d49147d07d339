-- SPDX-License-Identifier: Apache-2.0
-- Cases of every process, as their phase says: withdrawn and merged ones are neither open nor
-- resolved. Figures of hand-overs, reopenings and evidence. What was counted before lacks them:
-- `analytics rebuild` counts it again.
ALTER TABLE case_fact
    ALTER COLUMN receive_due DROP NOT NULL,
    ADD COLUMN appointment boolean  NOT NULL DEFAULT false,
    ADD COLUMN handovers   smallint NOT NULL DEFAULT 0,
    ADD COLUMN reopenings  smallint NOT NULL DEFAULT 0,
    ADD COLUMN evidence    smallint NOT NULL DEFAULT 0,
    ADD COLUMN givers      text, -- units that gave it back, blank-separated
    ADD COLUMN takers      text, -- units that had it next
    ADD COLUMN was_givers  text,
    ADD COLUMN was_takers  text;
COMMENT ON COLUMN case_fact.state IS 'received, accepted, assigned, in_progress, resolved, rejected, withdrawn, merged';

ALTER TABLE unit_count
    ADD COLUMN withdrawn  bigint NOT NULL DEFAULT 0,
    ADD COLUMN merged     bigint NOT NULL DEFAULT 0,
    ADD COLUMN returned   bigint NOT NULL DEFAULT 0, -- cases that the unit gave back
    ADD COLUMN taken_over bigint NOT NULL DEFAULT 0; -- cases that it got because another one did

-- Of an indicator, by its place in the table of indicators; what an older program counted may lack
-- it: then it is none.
CREATE FUNCTION standing_at(standings bytea, place bigint) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN place <= octet_length(standings)
                THEN get_byte(standings, place::integer - 1) ELSE 0 END
$$;
