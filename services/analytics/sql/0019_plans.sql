-- SPDX-License-Identifier: Apache-2.0
-- Functions in SQL are planned anew at every call, which took a quarter of a millisecond of every page and every round of
-- counting. Those in PL/pgSQL keep their plans.

CREATE OR REPLACE FUNCTION is_rebuilding() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM rebuild_target) THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM rebuild_target t
                     JOIN consumer_position p USING (topic, partition)
                    WHERE p.consumer = 'analytics' AND p.next_offset < t.next_offset)
        OR EXISTS (SELECT FROM heard)
        -- By the index, however few facts there were when the plan was made.
        OR coalesce((SELECT min(turn_at) FROM fact WHERE turn_at IS NOT NULL) = 'epoch', false);
END $$;

CREATE OR REPLACE FUNCTION rebuild_end() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM rebuild_target WHERE NOT is_rebuilding();
END $$;
