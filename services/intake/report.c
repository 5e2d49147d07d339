/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <string.h>

#include "media_reference.h"

/* One @ with something on both sides and no blank or control: the mail server decides the rest. */
bool report_email_is_valid(const char *email)
{
    const char *at = strchr(email, '@');
    if (at == NULL || at == email || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
        strlen(email) > 254) {
        return false;
    }
    for (const char *c = email; *c != '\0'; c++) {
        if ((unsigned char)*c <= ' ' || *c == '<' || *c == '>' || *c == ',' || *c == '\x7f') {
            return false;
        }
    }
    return true;
}

/* incident.reported: an optional +, a digit, then 6–18 digits, blanks, dots or hyphens. */
bool report_phone_is_valid(const char *phone)
{
    const char *digits = phone[0] == '+' ? phone + 1 : phone;
    size_t size = strlen(digits);
    return size >= 7 && size <= 19 && digits[0] >= '0' && digits[0] <= '9' &&
           strspn(digits, "0123456789 .-") == size;
}

bool report_url_is_valid(const char *url)
{
    return strncmp(url, "https://", 8) == 0 && url[8] != '\0' &&
           strpbrk(url, " \t\r\n<>\"") == NULL;
}

bool report_media_is_valid(const char *media)
{
    struct uuid id;
    return report_url_is_valid(media) || media_reference_parse(media, &id);
}
