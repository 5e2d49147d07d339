-- SPDX-License-Identifier: Apache-2.0
-- Where this service stands in the topics that it reads. Moved in the transaction that applies
-- the messages, by compare-and-set: a former owner of the partition rolls back.
CREATE TABLE consumer_position (
    consumer    text   NOT NULL, -- group
    topic       text   NOT NULL,
    partition   integer NOT NULL,
    next_offset bigint NOT NULL, -- -1: nothing read yet, start at the beginning
    cluster_id  text   NOT NULL,
    moved_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, topic, partition)
);

CREATE FUNCTION consumer_advance(in_consumer text, in_topics text[], in_partitions integer[],
                                 in_expected bigint[], in_next bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    moved integer;
BEGIN
    UPDATE consumer_position p
       SET next_offset = n.next_offset, moved_at = now()
      FROM unnest(in_topics, in_partitions, in_expected, in_next)
               AS n (topic, partition, expected, next_offset)
     WHERE p.consumer = in_consumer AND p.topic = n.topic AND p.partition = n.partition
       AND p.next_offset = n.expected;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> cardinality(in_topics) THEN
        RAISE EXCEPTION 'position moved by another consumer' USING ERRCODE = 'IH002';
    END IF;
END $$;

-- Messages that this service could not take, whole; each also goes to <topic>.<group>.dlq.
CREATE TABLE dead_letter (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer     text    NOT NULL,
    topic        text    NOT NULL,
    partition    integer NOT NULL,
    message_offset bigint NOT NULL,
    key          bytea,
    headers      bytea   NOT NULL,
    value        bytea,
    error_class  text    NOT NULL,
    error_detail text    NOT NULL,
    failed_at    timestamptz NOT NULL DEFAULT now(),
    state        text    NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
    settled_at   timestamptz,
    settled_by   text,
    UNIQUE (consumer, topic, partition, message_offset)
);
CREATE INDEX dead_letter_open ON dead_letter (id) WHERE state = 'open';
