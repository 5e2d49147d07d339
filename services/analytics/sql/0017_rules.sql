-- SPDX-License-Identifier: Apache-2.0
-- By which versions of the rules a case was promised to be received and resolved ("receive@1"). Facts
-- from before do not have them until `analytics rebuild`.
ALTER TABLE fact ADD COLUMN receive_rule text, ADD COLUMN resolve_rule text;
