/* SPDX-License-Identifier: Apache-2.0 */
#include "place_query.h"

#include <stdlib.h>
#include <string.h>

bool place_box_read(struct place_box *box, const char *text, const char *name, struct error *err)
{
    static const double most[4] = {180, 90, 180, 90};
    double value[4];
    for (int i = 0; i < 4; i++) {
        char *end = (char *)text;
        bool number = strspn(text, "+-.0123456789") == strcspn(text, ",");
        value[i] = number ? strtod(text, &end) : 0;
        if (end == text || *end != (i < 3 ? ',' : '\0') || !(value[i] >= -most[i]) ||
            !(value[i] <= most[i])) {
            return error_add_field(err, name, "bad_box",
                                   "must be west,south,east,north in degrees");
        }
        text = end + 1;
    }
    if (value[0] > value[2] || value[1] > value[3]) {
        return error_add_field(err, name, "bad_box",
                               "must have west before east, south before north");
    }
    *box = (struct place_box){value[0], value[1], value[2], value[3]};
    return true;
}

double place_query_degrees(const struct http_request *request, const char *name, double min,
                           double max, struct error *err)
{
    const char *text = http_query(request, name);
    char *end = NULL;
    if (text == NULL) {
        error_add_field(err, name, "required", "must be given");
        return 0;
    }
    bool number = text[0] != '\0' && text[strspn(text, "+-.0123456789")] == '\0';
    double value = number ? strtod(text, &end) : 0;
    if (!number || *end != '\0') {
        error_add_field(err, name, "not_a_number", "must be a number of degrees");
        return 0;
    }
    if (!(value >= min) || !(value <= max)) {
        error_add_field(err, name, "out_of_range", "must be from %g to %g", min, max);
        return 0;
    }
    return value;
}
