-- SPDX-License-Identifier: Apache-2.0
-- The number of the turn in which a sum was told last (or, of what the public may not see, was looked at): the sequence of
-- what the topics say. Numbers are taken and committed one after another, so who asks for greater ones misses nothing.
-- What is only counted does not touch it, so that those updates stay as cheap as they are.
ALTER TABLE cell ADD COLUMN told bigint;
CREATE INDEX cell_told ON cell (told) WHERE told IS NOT NULL;
