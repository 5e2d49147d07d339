-- SPDX-License-Identifier: Apache-2.0
-- Where people may be reached, sealed as it came: opened in memory when a mail is written, and
-- never stored in the clear.
CREATE TABLE contact (
    ref    text PRIMARY KEY,
    sealed text NOT NULL
);
