-- SPDX-License-Identifier: Apache-2.0
-- Refuses, as a serialization failure, a batch of submissions that was decided on a slot as it is no
-- more.
CREATE FUNCTION reception_place_is_gone() RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the place in the slot is gone' USING ERRCODE = '40001';
END $$;
