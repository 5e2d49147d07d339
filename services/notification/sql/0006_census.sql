-- SPDX-License-Identifier: Apache-2.0
-- For the census, which counts the last 30 days once a night. Rows come to their end about in the order in which they are
-- made, so an index of ranges is enough to pass over what is older, and costs nothing when a row is written.
CREATE INDEX delivery_settled ON delivery USING brin (settled_at) WITH (autosummarize = on);
