// SPDX-License-Identifier: Apache-2.0
// Rows of bad input: queues, filters, templates, the live stream and the rest of a desk.

export const DESK_ROUTES = [
];
