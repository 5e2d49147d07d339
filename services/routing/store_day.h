/* SPDX-License-Identifier: Apache-2.0 */
/* store_day: days in Hanoi, in SQL. For store files only.
 *
 * Tables hold days, the program instants: a day stands for the instant at which it begins, the last
 * day of validity for the one at which the day after it begins. */
#ifndef ROUTING_STORE_DAY_H
#define ROUTING_STORE_DAY_H

#define START(day)  "timezone('Asia/Ho_Chi_Minh', " day "::timestamp)"
#define END(day)    "timezone('Asia/Ho_Chi_Minh', (" day " + 1)::timestamp)"
#define DAY(at)     "timezone('Asia/Ho_Chi_Minh', " at ")::date"
#define TODAY       DAY("now()")
#define VALID_ON(d) "valid_from <= " d " AND (valid_to IS NULL OR valid_to >= " d ")"
#define VALID_TODAY VALID_ON(TODAY)
/* Rules that begin later are kept too: decisions judge by the instant. */
#define NOT_OVER "(valid_to IS NULL OR valid_to >= " TODAY ")"

#endif
