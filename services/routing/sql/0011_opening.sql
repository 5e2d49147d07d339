-- SPDX-License-Identifier: Apache-2.0
-- Cases that are opened here and not filed at intake: by officials, by splitting one, by booking a
-- reception. Their numbers begin where intake's never get to.
CREATE SEQUENCE case_number START 90000001;

-- Idempotency-Key of who opened a case or offered slots: the first wins, the others are given what
-- it made.
CREATE TABLE opening_key (
    key         bytea PRIMARY KEY, -- SHA-256 of account, route and key
    fingerprint bytea NOT NULL,    -- SHA-256 of the body
    made        uuid  NOT NULL     -- the case, or the first of the slots
);

-- What was split off; the version of the parent that says so.
CREATE TABLE case_split (
    child       uuid    PRIMARY KEY,
    parent      uuid    NOT NULL,
    version     integer NOT NULL, -- NULL would mean that somebody else changed the parent first: refused
    fingerprint bytea   NOT NULL, -- SHA-256 of the body: who lost the answer asks again
    UNIQUE (parent, version)
);

-- When a reception office sees people, and how many in one slot.
CREATE TABLE reception_slot (
    slot_id   uuid        PRIMARY KEY,
    unit      text        NOT NULL,
    room      text        NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at   timestamptz NOT NULL CHECK (ends_at > starts_at),
    capacity  integer     NOT NULL CHECK (capacity BETWEEN 1 AND 100),
    actor     text        NOT NULL
);
CREATE INDEX reception_slot_unit ON reception_slot (unit, starts_at, slot_id);

-- One row for each person who is expected: nobody shares a place, and nobody takes two.
CREATE TABLE reception_place (
    slot_id  uuid    NOT NULL REFERENCES reception_slot,
    place    integer NOT NULL, -- 1 … capacity; NULL would mean that none is free: refused
    reporter text    NOT NULL,
    case_id  uuid    NOT NULL UNIQUE,
    PRIMARY KEY (slot_id, place),
    UNIQUE (slot_id, reporter)
);
