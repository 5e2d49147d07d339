-- SPDX-License-Identifier: Apache-2.0
-- What known sources brought by the topic and could not be taken as it was: invalid in its data, of
-- a type that is not theirs, over their quota. Whole, until an operator or time decides.
CREATE TABLE quarantine (
    id       uuid PRIMARY KEY,     -- rising with time
    source   text NOT NULL,
    event_id text NOT NULL,
    prefix   text NOT NULL,        -- of the known source
    type     text NOT NULL,
    reason   text NOT NULL,        -- code
    field    text,
    key      bytea,                -- the message, untouched
    headers  bytea NOT NULL,       -- packed: see common/outbox.h
    value    bytea,
    fixed    text,                 -- data that an operator put in the place of its own
    -- open: a person must act; waiting: for its quota; releasing: a person let it go
    state    text NOT NULL CHECK (state IN ('open', 'waiting', 'releasing', 'released', 'discarded')),
    version  integer NOT NULL,     -- grows with every act
    times    bigint NOT NULL,      -- how often it came
    first_at timestamptz NOT NULL,
    last_at  timestamptz NOT NULL,
    settled_at timestamptz,        -- released or discarded
    submission_id uuid,            -- what it became
    record_id uuid,
    UNIQUE (source, event_id)
);
CREATE INDEX quarantine_state ON quarantine (state, id DESC);
CREATE INDEX quarantine_prefix ON quarantine (prefix, id DESC);
CREATE INDEX quarantine_waiting ON quarantine (prefix, id) WHERE state = 'waiting';
CREATE INDEX quarantine_settled ON quarantine (settled_at) WHERE settled_at IS NOT NULL;

-- One replica at a time lets go, so that it happens in order.
CREATE TABLE quarantine_lease (owner text NOT NULL, leased_until timestamptz NOT NULL);
INSERT INTO quarantine_lease VALUES ('', '-infinity');

-- Takes tokens of a source's bucket: as many as there are, or all or none. Whoever comes anew comes
-- after those that wait. A count over the burst is granted as a whole when the bucket is full, and
-- owes the rest.
CREATE FUNCTION event_quota_take(in_prefix text, in_wanted integer, in_whole boolean,
                                 in_anew boolean, OUT granted integer, OUT wait_s integer)
LANGUAGE plpgsql AS $$
DECLARE
    rule event_source%ROWTYPE;
    now_at timestamptz := clock_timestamp();
    have double precision;
    least_wanted integer;
BEGIN
    granted := 0;
    wait_s := 60;
    SELECT * INTO rule FROM event_source WHERE prefix = in_prefix;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO event_quota VALUES (in_prefix, rule.burst, now_at) ON CONFLICT DO NOTHING;
    SELECT least(rule.burst, tokens + rule.per_s * greatest(0, extract(epoch FROM now_at - at)))
      INTO have FROM event_quota WHERE prefix = in_prefix FOR UPDATE;
    least_wanted := CASE WHEN in_whole THEN least(in_wanted, rule.burst) ELSE 1 END;
    IF have >= least_wanted AND NOT (in_anew AND EXISTS (
        SELECT FROM quarantine WHERE prefix = in_prefix AND state = 'waiting')) THEN
        granted := CASE WHEN in_whole THEN in_wanted ELSE least(in_wanted, floor(have)) END;
        have := have - granted;
    END IF;
    wait_s := greatest(1, ceil((least_wanted - have) / rule.per_s));
    UPDATE event_quota SET tokens = have, at = greatest(at, now_at) WHERE prefix = in_prefix;
END $$;

-- Holds what is about to be let go, and refuses when one of it was settled meanwhile.
CREATE FUNCTION quarantine_hold(in_ids uuid[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    held integer;
BEGIN
    PERFORM FROM quarantine WHERE id = ANY (in_ids) AND state IN ('waiting', 'releasing')
      ORDER BY id FOR UPDATE;
    GET DIAGNOSTICS held = ROW_COUNT;
    IF held <> cardinality(in_ids) THEN
        RAISE EXCEPTION 'a quarantined event was settled meanwhile' USING ERRCODE = 'IH004';
    END IF;
END $$;
