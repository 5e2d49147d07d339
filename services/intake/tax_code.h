/* SPDX-License-Identifier: Apache-2.0 */
/* tax_code: is this the tax code of a business?
 *
 * Ten digits, of which the last checks the others; a branch has three more after a hyphen
 * (Thông tư 86/2024/TT-BTC, điều 5; the weights are those of the tax administration). Households
 * are known by the personal number of who runs them and are people here. Pure. */
#ifndef INTAKE_TAX_CODE_H
#define INTAKE_TAX_CODE_H

#include <stdbool.h>

enum { TAX_CODE_MAX = 14 };

bool tax_code_is_valid(const char *text);

#endif
