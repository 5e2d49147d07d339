-- SPDX-License-Identifier: Apache-2.0
-- By which versions of the rules a case was promised to be received and resolved ("receive@1"). Facts
-- from before do not have them until `analytics rebuild`.
ALTER TABLE fact ADD COLUMN receive_rule text, ADD COLUMN resolve_rule text;

-- Areas of a category are summed up since the beginning, too: all cases are counted again, from their
-- facts. Until that is done, nobody is told anything.
CREATE OR REPLACE FUNCTION is_rebuilding() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM rebuild_target t
                     JOIN consumer_position p USING (topic, partition)
                    WHERE p.consumer = 'analytics' AND p.next_offset < t.next_offset)
        OR EXISTS (SELECT FROM rebuild_target)
           AND (EXISTS (SELECT FROM heard) OR EXISTS (SELECT FROM fact WHERE turn_at = 'epoch'))
$$;
INSERT INTO rebuild_target AS t (topic, partition, next_offset)
    SELECT topic, partition, next_offset FROM consumer_position
     WHERE consumer = 'analytics' AND topic = 'city.cases.v1'
    ON CONFLICT (topic, partition) DO UPDATE
    SET next_offset = greatest(t.next_offset, excluded.next_offset);
UPDATE fact SET day = NULL, turn_at = 'epoch' WHERE subject = 0;
UPDATE cell SET data = '\x0000' WHERE subject = 0;
