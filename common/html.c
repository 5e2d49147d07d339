/* SPDX-License-Identifier: Apache-2.0 */
#include "common/html.h"

#include <string.h>

static const char *reference_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void html_put(struct buffer *out, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        const char *reference = reference_of(*text);
        if (reference != NULL) {
            buffer_put_text(out, reference);
        } else if ((unsigned char)*text >= ' ' || strchr("\t\n\r", *text) != NULL) {
            buffer_put_char(out, *text);
        }
    }
}

void html_put_link(struct buffer *out, const char *url)
{
    if (strncmp(url, "https://", 8) != 0) {
        html_put(out, url);
        return;
    }
    buffer_put_text(out, "<a rel=\"noreferrer\" target=\"_blank\" href=\"");
    html_put(out, url);
    buffer_put_text(out, "\">");
    html_put(out, url);
    buffer_put_text(out, "</a>");
}
