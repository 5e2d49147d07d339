/* SPDX-License-Identifier: Apache-2.0 */
/* html: text that somebody has written, put into a page so that it stays text.
 *
 * Pages are written straight into a buffer: markup as constants by buffer_put_text, everything else
 * through here. */
#ifndef COMMON_HTML_H
#define COMMON_HTML_H

#include "common/buffer.h"

/* For content and quoted attributes: & < > " ' become references, control characters other than
 * \t \n \r are left out. NULL puts nothing. */
void html_put(struct buffer *out, const char *text);

/* A link in a new window, its address as text; only https ones become links. */
void html_put_link(struct buffer *out, const char *url);

#endif
