-- SPDX-License-Identifier: Apache-2.0
-- What is counted: one row for each case, and the sums over them. Every sum can be counted again
-- from case_fact, and case_fact from city.cases.v1 (the verb rebuild).

-- A case as its highest version told it, and how it counts now. The was_ columns keep how it
-- counted before the last statement that touched it: that statement returns both and moves the
-- sums by the difference.
CREATE TABLE case_fact (
    case_id       uuid PRIMARY KEY,
    version       integer NOT NULL,
    state         smallint NOT NULL,    -- received, accepted, assigned, in_progress, resolved, rejected
    overdue       boolean NOT NULL,
    at            timestamptz NOT NULL, -- of the event
    receive_due   timestamptz NOT NULL,
    accepted_at   timestamptz,
    resolve_due   timestamptz,
    resolved_at   timestamptz,
    rejected_at   timestamptz,
    turn_at       timestamptz,          -- past it time alone changes how the case counts
    was_state     smallint,
    was_overdue   boolean,
    unit          text NOT NULL,        -- '': nobody's yet
    category      text NOT NULL,
    standings     bytea NOT NULL,       -- a byte per indicator: none, pending, missed, met
    was_unit      text,
    was_category  text,
    was_standings bytea
) WITH (fillfactor = 80);
CREATE INDEX case_fact_turn_at ON case_fact (turn_at) WHERE turn_at IS NOT NULL;

-- Cases by unit, category and state. One wide row for each unit and category, since one event
-- moves two of its columns; `change` counts its updates, `dirty` says that one was not published.
CREATE TABLE unit_count (
    unit        text NOT NULL,
    category    text NOT NULL,
    received    bigint NOT NULL,
    accepted    bigint NOT NULL,
    assigned    bigint NOT NULL,
    in_progress bigint NOT NULL,
    resolved    bigint NOT NULL,
    rejected    bigint NOT NULL,
    overdue     bigint NOT NULL,
    counted_to  timestamptz NOT NULL, -- newest event counted in here
    change      bigint NOT NULL DEFAULT 1,
    dirty       boolean NOT NULL DEFAULT true,
    PRIMARY KEY (unit, category)
) WITH (fillfactor = 50);
CREATE INDEX unit_count_dirty ON unit_count (unit, category) WHERE dirty;

CREATE TABLE indicator_cell (
    code        text NOT NULL,
    unit        text NOT NULL,
    category    text NOT NULL,
    numerator   bigint NOT NULL,
    denominator bigint NOT NULL,
    pending     bigint NOT NULL,
    change      bigint NOT NULL DEFAULT 1,
    dirty       boolean NOT NULL DEFAULT true,
    PRIMARY KEY (code, unit, category)
) WITH (fillfactor = 50);
CREATE INDEX indicator_cell_dirty ON indicator_cell (code, unit, category) WHERE dirty;
