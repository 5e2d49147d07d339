/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/analytics.h"

const char *analytics_fault(const struct error *err)
{
    return err->field_count > 0 ? err->fields[0].field : err->code;
}
