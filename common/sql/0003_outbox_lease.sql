-- SPDX-License-Identifier: Apache-2.0
-- How slots of the outbox change hands.

-- Gives an instance its slot: its own one of before, else a free one, else a new one. The exclusive
-- lock waits for the transactions of a former owner; the new epoch refuses its later ones.
CREATE FUNCTION outbox_lease(in_owner text, in_seconds integer, OUT leased integer,
                             OUT new_epoch bigint, OUT published_seq bigint, OUT last_seq bigint,
                             OUT waiting bigint)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(727101);
    SELECT s.slot INTO leased FROM outbox_slot s
     WHERE s.owner IN (in_owner, '') ORDER BY s.owner = '', s.slot LIMIT 1;
    IF NOT FOUND THEN
        SELECT coalesce(max(s.slot) + 1, 0) INTO leased FROM outbox_slot s;
        INSERT INTO outbox_slot (slot, owner, epoch, leased_until)
        VALUES (leased, in_owner, 0, now());
    END IF;
    PERFORM pg_advisory_xact_lock(727100, leased);
    UPDATE outbox_slot s
       SET owner = in_owner, epoch = s.epoch + 1,
           leased_until = clock_timestamp() + in_seconds * interval '1 second'
     WHERE s.slot = leased
    RETURNING s.epoch, s.published INTO new_epoch, published_seq;
    SELECT greatest(max(o.seq), published_seq) INTO last_seq FROM outbox o WHERE o.slot = leased;
    SELECT count(*) INTO waiting FROM outbox o
     WHERE o.slot = leased AND o.seq > published_seq AND o.topic <> '';
END $$;

-- Takes over what an instance that does not come back has left unsaid: up to in_max of its rows
-- become rows of in_slot, numbered from in_first on. A slot that is emptied becomes free.
CREATE FUNCTION outbox_adopt(in_slot integer, in_first bigint, in_max integer,
                             in_patience integer, OUT orphan integer, OUT moved bigint)
LANGUAGE plpgsql AS $$
DECLARE
    from_seq bigint;
    last_seq bigint;
BEGIN
    moved := 0;
    PERFORM pg_advisory_xact_lock(727101);
    SELECT s.slot INTO orphan FROM outbox_slot s
     WHERE s.owner <> '' AND s.slot <> in_slot
       AND s.leased_until < now() - in_patience * interval '1 second'
     ORDER BY s.slot LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(727100, orphan);
    UPDATE outbox_slot s SET epoch = s.epoch + 1 WHERE s.slot = orphan
    RETURNING s.published INTO from_seq;
    WITH next AS (
        SELECT o.seq, in_first - 1 + row_number() OVER (ORDER BY o.seq) AS new_seq
          FROM outbox o
         WHERE o.slot = orphan AND o.seq > from_seq
         ORDER BY o.seq LIMIT in_max
    ), taken AS (
        UPDATE outbox o SET slot = in_slot, seq = next.new_seq
          FROM next WHERE o.slot = orphan AND o.seq = next.seq
        RETURNING next.seq, o.topic
    )
    SELECT max(t.seq), count(*) FILTER (WHERE t.topic <> '')
      INTO last_seq, moved FROM taken t;
    UPDATE outbox_slot s
       SET published = greatest(s.published, last_seq),
           owner = CASE WHEN EXISTS (SELECT 1 FROM outbox o
                                      WHERE o.slot = orphan AND o.seq > coalesce(last_seq, from_seq))
                        THEN s.owner ELSE '' END
     WHERE s.slot = orphan;
END $$;
