-- SPDX-License-Identifier: Apache-2.0
-- What was said on analytics.*: a key is said again only when its value has changed.
CREATE TABLE published (
    topic   text NOT NULL,
    key     text NOT NULL,
    digest  bytea NOT NULL, -- of the value, without the members that always change
    turn    bigint NOT NULL,
    command uuid NOT NULL,  -- the event that said it
    PRIMARY KEY (topic, key)
);

-- Replicas take turns, at most one in a second; the number of the turn is the sequence of what is
-- said in it, so sequences rise over restarts and rebuilds.
CREATE TABLE publication (
    turn          bigint NOT NULL,
    claimed_until timestamptz NOT NULL,
    published_at  timestamptz NOT NULL
);
INSERT INTO publication VALUES (0, '-infinity', '-infinity');

-- How far the topics were counted when a rebuild began: figures are not whole before that is
-- reached again.
CREATE TABLE rebuild_target (
    topic       text NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);

CREATE FUNCTION is_rebuilding() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM rebuild_target t
                     JOIN consumer_position p USING (topic, partition)
                    WHERE p.consumer = 'analytics' AND p.next_offset < t.next_offset)
$$;
