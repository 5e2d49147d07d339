-- SPDX-License-Identifier: Apache-2.0
-- What this service has said, in the order in which each publisher said it: written in the same
-- transaction as the state that it tells of, kept for republish, trimmed by age.
CREATE TABLE outbox_slot (
    slot         integer PRIMARY KEY,
    owner        text        NOT NULL,           -- instance that leases it; '': free
    epoch        bigint      NOT NULL DEFAULT 1, -- grows with each lease: fences a former owner
    leased_until timestamptz NOT NULL,
    published    bigint      NOT NULL DEFAULT 0  -- every seq up to here is acknowledged by Kafka
);

CREATE TABLE outbox (
    slot       integer     NOT NULL,
    seq        bigint      NOT NULL, -- given by the slot's owner, rising, with gaps
    topic      text        NOT NULL, -- '': void, see common/outbox_recover.c
    key        bytea,
    event_id   uuid,                 -- NULL: a dead letter, which keeps its own headers
    headers    bytea       NOT NULL, -- packed: see common/outbox.h
    value      bytea,                -- NULL: tombstone
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (slot, seq)
);
CREATE INDEX outbox_created_at ON outbox USING brin (created_at);

-- What the broker will never take (too large, not authorised): its row stays, for an operator.
CREATE TABLE outbox_parked (
    slot      integer     NOT NULL,
    seq       bigint      NOT NULL,
    topic     text        NOT NULL,
    event_id  uuid,
    reason    text        NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (slot, seq)
);

-- First statement of every transaction that writes to the outbox: it holds the slot against
-- being leased anew while the transaction runs, and refuses a former owner.
CREATE FUNCTION outbox_guard(in_slot integer, in_epoch bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(727100, in_slot);
    PERFORM 1 FROM outbox_slot WHERE slot = in_slot AND epoch = in_epoch;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'outbox slot % is leased by another', in_slot USING ERRCODE = 'IH001';
    END IF;
END $$;
