-- SPDX-License-Identifier: Apache-2.0
-- What reporters said about their cases, and what the case did: each message once, however often it
-- comes. What it says is in the history of the case.
CREATE TABLE reporter_message (
    id           uuid PRIMARY KEY,
    case_id      uuid NOT NULL,
    version      integer NOT NULL, -- of the submission
    kind         text NOT NULL,
    at           timestamptz NOT NULL, -- when it was said
    case_version integer NOT NULL, -- that it made; or at which it was refused
    refused      text              -- why; NULL: done
);

-- Refuses, as a serialization failure, a batch that was decided on a case as it is no more.
CREATE FUNCTION case_moved_on() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a case has moved on' USING ERRCODE = '40001';
END $$;
