-- SPDX-License-Identifier: Apache-2.0
-- Names from city.reference.v1. A unit or category that is withdrawn keeps its name, since its
-- figures stay.
CREATE TABLE unit_name (
    code text PRIMARY KEY,
    vi   text NOT NULL,
    en   text NOT NULL
);

CREATE TABLE category_name (
    code text PRIMARY KEY,
    vi   text NOT NULL,
    en   text NOT NULL
);
