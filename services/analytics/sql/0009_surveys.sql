-- SPDX-License-Identifier: Apache-2.0
-- What people were asked and what they answered. Kept for good: surveys are asked for longer than
-- their topic goes back.

-- definition: the data of the event that told it. changes: grows with every event; counted: up to
-- where survey_count is counted.
CREATE TABLE survey (
    id             uuid    PRIMARY KEY,
    version        integer NOT NULL DEFAULT 0, -- of the definition; 0: it is not known yet
    definition     text,
    closed_version integer NOT NULL DEFAULT 0,
    closed_at      timestamptz,
    changes        bigint  NOT NULL DEFAULT 0,
    counted        bigint  NOT NULL DEFAULT -1,
    counted_at     timestamptz,
    cutoff         timestamptz -- the newest event that is counted
);
CREATE INDEX survey_uncounted ON survey (counted_at) WHERE changes <> counted;

-- Every version stays: one that came after the end counts nothing, and the one before it stands.
-- respondent: a digest, of this survey alone. items: '' (somebody answered), each question that was
-- answered, each "question=choice"; empty: the answer was taken back.
CREATE TABLE survey_answer (
    survey     uuid        NOT NULL,
    respondent uuid        NOT NULL,
    version    integer     NOT NULL,
    answer     uuid        NOT NULL,
    at         timestamptz NOT NULL,
    stratum    text        NOT NULL, -- '': none was told
    items      text[]      NOT NULL,
    PRIMARY KEY (survey, respondent, version)
);

CREATE TABLE survey_count (
    survey  uuid   NOT NULL,
    stratum text   NOT NULL,
    item    text   NOT NULL,
    n       bigint NOT NULL,
    PRIMARY KEY (survey, stratum, item)
);
