-- SPDX-License-Identifier: Apache-2.0
-- What intake keeps of city.reference.v1: enough to answer a filing without asking anyone.
CREATE TABLE category (
    code      text PRIMARY KEY,
    name_vi   text NOT NULL,
    name_en   text NOT NULL,
    group_vi  text NOT NULL,
    group_en  text NOT NULL,
    level     text NOT NULL,
    keywords  text NOT NULL,  -- comma-separated, as Open311 wants them
    sensitive boolean NOT NULL
);

CREATE TABLE unit_name (
    code    text PRIMARY KEY,
    name_vi text NOT NULL,
    name_en text NOT NULL
);

-- By when what is filed in a month is received: segments as published, checked when taken.
CREATE TABLE promise (
    month        text PRIMARY KEY,
    rule_code    text NOT NULL,
    rule_version integer NOT NULL,
    rule_source  text NOT NULL,
    segment_from bigint[] NOT NULL,  -- µs since 1970
    segment_due  bigint[] NOT NULL,
    segment_slope smallint[] NOT NULL
);

-- Grows with each change of the three tables; every replica polls it.
CREATE TABLE reference_change (changes bigint NOT NULL);
INSERT INTO reference_change VALUES (0);
