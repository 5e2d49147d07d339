-- SPDX-License-Identifier: Apache-2.0
-- Which other city systems there are, what they may bring and how much: the operator's file, loaded
-- by `intake sources load`.
CREATE TABLE event_source (
    prefix  text PRIMARY KEY,      -- of the CloudEvents source
    name    text NOT NULL,
    owner   text NOT NULL,         -- who answers for it
    contact text NOT NULL,
    types   text[] NOT NULL,       -- of events
    per_s   integer NOT NULL CHECK (per_s > 0),
    burst   integer NOT NULL CHECK (burst > 0)
);
CREATE TABLE event_source_change (changes bigint NOT NULL);
INSERT INTO event_source_change VALUES (0);

-- What is left of each quota, for all replicas and both doors.
CREATE TABLE event_quota (
    prefix text PRIMARY KEY,
    tokens double precision NOT NULL, -- at that instant; below zero: owed
    at     timestamptz NOT NULL
);

-- What people did to sources and to what lies in quarantine: who, when, why.
CREATE TABLE operator_act (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     timestamptz NOT NULL DEFAULT now(),
    by_whom text NOT NULL,
    act    text NOT NULL,
    about  text NOT NULL,          -- prefix of the source, id of the quarantined event
    why    text NOT NULL,
    detail jsonb                   -- before and after; no data of events
);
CREATE INDEX operator_act_about ON operator_act (about, id);
